import { join } from 'node:path';
import { findingsKeptMax } from '../limits';
import { isScrubCursor, type ScrubCursor } from '../scrub/scrub-task';
import { type DamageKind, type Finding, damageKinds } from './finding';
import { readSealedFile, writeSealedFile } from './sealed-file';

/** Beside the data file: it outlives one that has to be set aside. */
const fileName = 'integrity.json';

/** A pass of the scrub. Times are Unix seconds. */
export interface ScrubPass {
  readonly began: number;
  /** Undefined while it goes on. */
  readonly ended: number | undefined;
  readonly bytes: number;
  readonly extents: number;
  readonly damaged: number;
}

/** What is to outlast a restart. */
export interface IntegrityState {
  /** The newest last. */
  readonly findings: readonly Finding[];
  /** Of all that was ever found here. */
  readonly counts: Readonly<Partial<Record<DamageKind, number>>>;
  /** Where the scrub goes on; undefined between two passes. */
  readonly cursor: ScrubCursor | undefined;
  readonly pass: ScrubPass | undefined;
  readonly lastPass: ScrubPass | undefined;
  /** That rules may be lost, until an operator says that they are as they should be. */
  readonly rulesLost: Finding | undefined;
}

const nothing: IntegrityState = {
  ...{ findings: [], counts: {}, cursor: undefined, pass: undefined, lastPass: undefined },
  rulesLost: undefined,
};

/** What was found damaged in a store, and how far the scrub has come: in a file of its own, so that it survives restarts. */
export class IntegrityLog {
  private kept: IntegrityState;
  private readonly file: string;
  private writing: Promise<void> = Promise.resolve();
  /** A write is to begin that has all that is known by then. */
  private isBehind = false;

  constructor(directory: string) {
    this.file = join(directory, fileName);
    this.kept = stateIn(readSealedFile(this.file));
  }

  get state(): IntegrityState {
    return this.kept;
  }

  /** Notes what was found. Of single findings the oldest are forgotten, of their number none. */
  add(findings: readonly Finding[]): void {
    const counts = { ...this.kept.counts };
    for (const { kind } of findings) counts[kind] = (counts[kind] ?? 0) + 1;
    const rulesLost = findings.findLast(tellsOfLostRules) ?? this.kept.rulesLost;
    const all = [...this.kept.findings, ...findings].slice(-findingsKeptMax);
    this.kept = { ...this.kept, counts, rulesLost, findings: all };
    this.save();
  }

  /** An operator says that the rules are as they should be. Resolves when that is on disk, or could not be brought there. */
  async acknowledgeRules(): Promise<void> {
    this.kept = { ...this.kept, rulesLost: undefined };
    this.save();
    await this.saved();
  }

  /** Notes how far the scrub has come. */
  note(progress: Partial<Pick<IntegrityState, 'cursor' | 'pass' | 'lastPass'>>): void {
    this.kept = { ...this.kept, ...progress };
  }

  /** Has it written to disk. A disk that takes nothing, or takes its time, keeps nobody from being served. */
  save(): void {
    if (this.isBehind) return;
    this.isBehind = true;
    this.writing = this.writing.then(() => this.write());
  }

  /** Resolves when what was to be written is, or could not be. */
  saved(): Promise<void> {
    return this.writing;
  }

  /** As it is now: whatever changed while the disk took the last one goes into one. */
  private async write(): Promise<void> {
    this.isBehind = false;
    try {
      await writeSealedFile(this.file, this.kept);
    } catch {
      // What is in memory is still told, and written with the next.
    }
  }
}

/** Nobody but an operator knows which rules there were. */
function tellsOfLostRules({ kind, remedy }: Finding): boolean {
  return kind === 'rules' && remedy === 'lost';
}

/** The file is sealed: whoever wrote it was this class. Only its form is looked at. A pass of another version's begins anew. */
function stateIn(content: unknown): IntegrityState {
  if (!isState(content)) return nothing;
  const { cursor } = content;
  const isKnown = cursor === undefined || isScrubCursor(cursor);
  return { ...nothing, ...content, cursor: isKnown ? cursor : { phase: 'pages', after: '' } };
}

function isState(content: unknown): content is IntegrityState {
  if (typeof content !== 'object' || content === null) return false;
  if (!('findings' in content) || !Array.isArray(content.findings)) return false;
  if (!('counts' in content) || typeof content.counts !== 'object' || content.counts === null) return false;
  return Object.keys(content.counts).every((kind) => damageKinds.some((known) => known === kind));
}
