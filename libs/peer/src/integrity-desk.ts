import {
  createIntegrityMetrics,
  emptyBatch,
  type Erasure,
  type Finding,
  HeadWatch,
  IntegrityLog,
  type IntegrityMetrics,
  type IntegrityState,
  mayBeTorn,
  observeFindings,
  observeInspection,
  type PageReport,
  type Remedy,
  type RunningWriter,
  Scrubber,
  type ScrubProgress,
  StoreError,
  type StoreClient,
  type WriterKeeper,
} from '@weir/store';
import type { Notice, SwarmId } from '@weir/ppspp';
import type { Registry } from 'prom-client';
import { stopMillis } from './stop-times';
import { withinMillis } from './within-millis';

/** What the desk stands on. */
export interface IntegrityParts {
  readonly storeDirectory: string;
  /** Bytes that the scrub reads in a second; 0: only when it is asked to. */
  readonly scrubRate: number;
  readonly writer: Pick<WriterKeeper, 'inspection' | 'lastEnd' | 'usage' | 'isDown' | 'renew'>;
  readonly client: Pick<StoreClient, 'commit'>;
  readonly registry: Registry;
}

/** Who hears of it. */
export interface IntegrityListener {
  onFinding(finding: Finding): void;
  /** Something of a swarm was removed because it was damaged: whoever wants it at hand fetches it. */
  onErased(swarmId: SwarmId): void;
  /** Nobody knows what of all that was stored is gone. */
  onLost(): void;
  /** Rules may be lost; undefined: an operator says that they are as they should be. */
  onRulesLost(finding: Finding | undefined): void;
  onTrouble(failure: unknown): void;
  /** The writer waits for a page of the file that the disk has not given up for long, and writes nothing; undefined once it does. */
  onStuck?(page: number | undefined): void;
}

/** What operators are told of the store's integrity. */
export interface IntegrityReport extends Pick<IntegrityState, 'findings' | 'counts' | 'rulesLost'> {
  readonly scrub: ScrubProgress;
  /** The inspection at the start; undefined if there was nothing to look at. */
  readonly inspection: PageReport | undefined;
}

/** Keeps account of damage to the store, whoever comes upon it, and runs the scrub. On the control thread. */
export class IntegrityDesk {
  private readonly log: IntegrityLog;
  private readonly metrics: IntegrityMetrics;
  private readonly scrubber: Scrubber;
  private readonly heads: HeadWatch;
  private latest: PageReport | undefined;

  constructor(
    private readonly parts: IntegrityParts,
    private readonly listener: IntegrityListener,
  ) {
    const { storeDirectory: directory, scrubRate: bytesPerSecond, registry } = parts;
    this.log = new IntegrityLog(directory);
    this.metrics = createIntegrityMetrics(registry);
    this.heads = new HeadWatch(directory, {
      onMended: (page) => this.noteHead(page),
      onStuck: (page) => this.noteStuck(page),
    });
    this.scrubber = new Scrubber({ directory, bytesPerSecond }, this.log, {
      isUsable: () => !parts.writer.isDown,
      storedBytes: () => parts.writer.usage().storedBytes,
      erase: (erasures) => this.erase(erasures),
      renew: (writes) => parts.client.commit({ ...emptyBatch, writes }),
      onFindings: (findings) => this.note(findings),
      onChecked: (bytes) => this.checked(bytes),
      onFailure: (failure) => listener.onTrouble(failure),
    });
  }

  /** Takes over what the start found, and lets the scrub begin: at once if the machine went down with the store open. */
  begin(): void {
    const { inspection, lastEnd } = this.parts.writer;
    this.latest = inspection.report;
    // What an earlier start found; what this one finds is told with the rest.
    this.tellLostRules();
    observeInspection(this.metrics, inspection.report);
    this.metrics.scrubEnded.set(this.log.state.lastPass?.ended ?? 0);
    if (inspection.findings.length > 0) this.note(inspection.findings);
    const mustScrub = mayBeTorn(lastEnd) && inspection.report !== undefined && this.parts.scrubRate > 0;
    this.scrubber.start(mustScrub);
    this.heads.start();
  }

  /** The store was started again. */
  relaunched({ inspection }: Pick<RunningWriter, 'inspection'>): void {
    this.latest = inspection.report;
    if (inspection.findings.length > 0) this.note(inspection.findings);
  }

  /** Notes damage that has been dealt with. */
  note(findings: readonly Finding[]): void {
    this.log.add(findings);
    observeFindings(this.metrics, findings);
    if (findings.some((finding) => finding === this.log.state.rulesLost)) this.tellLostRules();
    const erased = new Set<SwarmId>();
    let isLost = false;
    for (const finding of findings) {
      this.listener.onFinding(finding);
      if (finding.remedy === 'erased' && finding.swarmId !== undefined) erased.add(finding.swarmId);
      isLost ||= storeLosses.includes(finding.remedy);
      // While it is open nothing can be done to it: everybody leaves it, and the next start looks to it.
      if (finding.kind === 'pages' && finding.foundBy === 'scrub') this.parts.writer.renew(brokenError(finding.detail));
    }
    for (const swarmId of erased) this.listener.onErased(swarmId);
    if (isLost) this.listener.onLost();
  }

  /** An extent can be what was written, and not lead to its swarm ID all the same: it tells when it is first served. */
  hear(notice: Notice): void {
    if (notice.type !== 'extent-corrupt') return;
    const { swarmId, extent, verdict } = notice;
    const when = Math.floor(Date.now() / 1000);
    this.note([{ when, ...damageBy[verdict], foundBy: 'read', remedy: 'erased', swarmId, extent }]);
  }

  report(): IntegrityReport {
    const { findings, counts, rulesLost } = this.log.state;
    return { findings, counts, rulesLost, scrub: this.scrubber.progress(), inspection: this.latest };
  }

  /** An operator says that the rules are as they should be: see `IntegrityLog.acknowledgeRules`. */
  async acknowledgeRules(): Promise<void> {
    await this.log.acknowledgeRules();
    this.listener.onRulesLost(this.log.state.rulesLost);
  }

  /** Begins a pass of the scrub now, or hurries the one that goes on. */
  startScrub(): void {
    this.scrubber.hurry();
  }

  /** Ends the pass that goes on. */
  cancelScrub(): void {
    this.scrubber.cancel();
  }

  /** Waits for what the scrub is at, but not for a disk that does not answer. */
  async stop(): Promise<void> {
    this.heads.stop();
    await withinMillis(this.scrubber.stop(), stopMillis.scrub);
  }

  private tellLostRules(): void {
    const { rulesLost } = this.log.state;
    if (rulesLost !== undefined) this.listener.onRulesLost(rulesLost);
  }

  private noteHead(page: number): void {
    const detail = `the disk does not give up the head of a value, page ${page}; the value leaves`;
    const when = Math.floor(Date.now() / 1000);
    this.note([{ when, kind: 'overflow', foundBy: 'read', remedy: 'mended', detail }]);
  }

  private noteStuck(page: number | undefined): void {
    this.listener.onStuck?.(page);
    if (page === undefined) return;
    const detail = `the disk does not give up page ${page} of data.mdb, and nothing can be written without it; what can be read is served`;
    const when = Math.floor(Date.now() / 1000);
    this.note([{ when, kind: 'unreadable', foundBy: 'read', remedy: 'lost', detail }]);
  }

  private async erase(erasures: readonly Erasure[]): Promise<void> {
    await this.parts.client.commit({ ...emptyBatch, erase: erasures });
  }

  private checked(bytes: number): void {
    const { progress, lastPass } = this.scrubber.progress();
    this.metrics.scrubbedBytes.inc(bytes);
    this.metrics.scrubProgress.set(progress);
    this.metrics.scrubEnded.set(lastPass?.ended ?? 0);
  }
}

/** What takes more along than is named. */
const storeLosses: readonly Remedy[] = ['rolled-back', 'set-aside', 'begun-anew'];

/** What a verdict on a stored extent tells of the damage. */
const damageBy = {
  mismatch: { kind: 'extent', detail: 'it does not lead to the swarm ID, or the hashes above it do not' },
  incomplete: { kind: 'hashes', detail: 'a hash above it is missing, without which nothing proves it' },
} as const;

function brokenError(detail: string): StoreError {
  const remedy = 'Start again: the file is inspected then, and set aside if it cannot be made whole.';
  return new StoreError('STORE_CORRUPT', `The store's data file is damaged (${detail}). ${remedy}`);
}

/** Whoever listens to the appliance's peer, and its store, as the desk has them. */
export function integrityListener(
  listener: {
    onFinding?(finding: Finding): void;
    onRulesLost?(finding: Finding | undefined): void;
    onTrouble(message: string): void;
  },
  store: { noteStuck(page: number | undefined): void },
): Omit<IntegrityListener, 'onErased' | 'onLost'> {
  return {
    onFinding: (finding) => listener.onFinding?.(finding),
    onRulesLost: (finding) => listener.onRulesLost?.(finding),
    onTrouble: (failure) => listener.onTrouble(`the store was not scrubbed: ${String(failure)}`),
    onStuck: (page) => store.noteStuck(page),
  };
}
