import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { SwarmId, SwarmRecord } from '@weir/ppspp';
import { StoreError } from '../errors';
import { pageBytes } from '../footprint';
import { Descent } from '../integrity/descent';
import type { EntryPlace } from '../integrity/entry-place';
import type { DamageKind, Remedy } from '../integrity/finding';
import { FilePages, newestMeta } from '../integrity/inspect-pages';
import { inspectSnapshot } from '../integrity/inspect-snapshot';
import type { Meta } from '../integrity/meta-page';
import type { PageDamage, TreeShape } from '../integrity/tree-walk';
import { databaseNames, decodeBlockKey, decodeExtentKey, decodeSwarm, isWholeBlock, swarmIdOf } from '../keys';
import { damageOf, headOf } from './check-extent';

/** The parts of a pass, in order: the structure of the file, the blocks of hashes, the extents. */
export const scrubPhases = ['pages', 'hashes', 'extents'] as const;

/** One of `scrubPhases`. */
export type ScrubPhase = (typeof scrubPhases)[number];

/** Where a pass has come to. */
export interface ScrubCursor {
  readonly phase: ScrubPhase;
  /** The key that was checked last, in hex; empty before the first. */
  readonly after: string;
}

/** What a thread is asked to check. */
export interface ScrubTask {
  readonly directory: string;
  readonly cursor: ScrubCursor;
  /** It stops behind the value with which it has read so much. */
  readonly bytesMax: number;
  /**
   * True: what the disk does not give up is lost. Else it ends the slice, with STORE_UNREADABLE: a disk that is in trouble for a
   * minute has lost nothing.
   */
  readonly insists?: boolean;
}

/** Damage as a slice found it, and what it did itself; what is to be erased is the writer's to do. */
export interface ScrubDamage {
  readonly kind: DamageKind;
  readonly remedy: Remedy;
  readonly detail: string;
  readonly swarmId?: SwarmId | undefined;
  readonly extent?: number | undefined;
}

/** What a slice did. */
export interface ScrubReport {
  /** Where the next one begins; undefined at the end of the pass. */
  readonly next: ScrubCursor | undefined;
  readonly bytes: number;
  readonly extents: number;
  readonly damage: readonly ScrubDamage[];
}

/** Keeps a snapshot from being overwritten until what it answers is called. */
export type Pin = () => () => void;

interface Owner {
  readonly swarmId: SwarmId;
  readonly record: SwarmRecord;
}

/** Checks one slice of a store under a snapshot that stays meanwhile. Plain synchronous work, for a thread of its own. */
export function scrubSlice({ directory, cursor, bytesMax, insists = false }: ScrubTask, pin: Pin): ScrubReport {
  const descriptor = openSync(join(directory, 'data.mdb'), 'r+');
  const release = pin();
  try {
    const source = new FilePages(descriptor);
    const meta = newestMeta(source);
    const nothing = { bytes: 0, extents: 0 };
    if (meta === undefined) return { ...nothing, next: undefined, damage: [pagesDamage(undefined)] };
    if (cursor.phase === 'pages') return scrubPages(source, meta);
    return new Slice(descriptor, source, meta, insists).run(cursor, bytesMax);
  } finally {
    release();
    closeSync(descriptor);
  }
}

function scrubPages(source: FilePages, meta: Meta): ScrubReport {
  const first = inspectSnapshot(source, meta);
  // Damage ends the process, to be dealt with at its next start: so it is looked at twice.
  const { damage, pagesRead } = first.damage === undefined ? first : inspectSnapshot(source, meta);
  const next = damage === undefined ? ({ phase: 'hashes', after: '' } as const) : undefined;
  const found = damage === undefined ? [] : [pagesDamage(damage)];
  return { next, bytes: pagesRead * pageBytes, extents: 0, damage: found };
}

function pagesDamage(damage: PageDamage | undefined): ScrubDamage {
  const where = damage === undefined ? 'no meta' : `${damage.fault} of tree ${damage.tree}, page ${damage.pageNumber}`;
  return { kind: 'pages', remedy: 'lost', detail: where };
}

class Slice {
  private readonly descent: Descent;
  private readonly trees: Map<string, TreeShape>;
  private readonly damage: ScrubDamage[] = [];
  private owners: Map<number, Owner> | undefined;
  private bytes = 0;
  private extents = 0;

  constructor(
    private readonly descriptor: number,
    private readonly source: FilePages,
    meta: Meta,
    private readonly insists: boolean,
  ) {
    this.descent = new Descent(source, meta);
    this.trees = this.descent.trees();
  }

  run({ phase, after }: ScrubCursor, bytesMax: number): ScrubReport {
    const tree = this.trees.get(phase === 'hashes' ? databaseNames.hashes : databaseNames.extents);
    let last = after;
    let isDone = true;
    for (const place of this.descent.entries(tree, Buffer.from(after, 'hex'))) {
      if (phase === 'hashes') this.checkBlock(place);
      else this.checkExtent(place);
      last = place.key.toString('hex');
      isDone = this.bytes < bytesMax;
      if (!isDone) break;
    }
    if (this.descent.damage !== undefined) this.damage.push(pagesDamage(this.descent.damage));
    const { bytes, extents, damage } = this;
    return { next: isDone ? afterPhase(phase) : { phase, after: last }, bytes, extents, damage };
  }

  private checkBlock(place: EntryPlace): void {
    const { swarm, tier, index } = decodeBlockKey(place.key);
    const value = this.valueOf(place);
    this.bytes += pageBytes;
    if (value !== undefined && isWholeBlock(place.key, value)) return;
    const detail = `block ${index} of tier ${tier} is not what was written; extents that it does not prove are fetched again`;
    if (value === undefined) this.mustInsist('a block of hashes');
    const kind = value === undefined ? 'unreadable' : 'hashes';
    this.damage.push({ kind, remedy: 'lost', detail, swarmId: this.ownerOf(swarm)?.swarmId });
  }

  private checkExtent(place: EntryPlace): void {
    const { swarm, index: extent } = decodeExtentKey(place.key);
    const owner = this.ownerOf(swarm);
    // What an erasure left is swept by the writer.
    if (owner === undefined) return;
    const { overflow } = place;
    const run = overflow === undefined ? this.inlineRun(place) : this.source.read(overflow.first, overflow.pages);
    this.bytes += place.valueBytes;
    this.extents++;
    const damage = damageOf(place, run, owner.record);
    if (damage === undefined) return;
    if (damage.kind === 'unreadable') this.mustInsist('an extent');
    if (damage.kind === 'overflow' && overflow !== undefined) {
      writeSync(this.descriptor, headOf(overflow), 0, undefined, overflow.first * pageBytes);
    }
    const remedy = damage.kind === 'overflow' ? 'mended' : 'erased';
    this.damage.push({ ...damage, remedy, swarmId: owner.swarmId, extent });
  }

  /** A small value shares its page; it is looked at as if it had one. */
  private inlineRun(place: EntryPlace): Uint8Array | undefined {
    const value = this.valueOf(place);
    return value && Buffer.concat([Buffer.alloc(24), value]);
  }

  private valueOf({ offset, valueBytes }: EntryPlace): Uint8Array | undefined {
    const first = Math.floor(offset / pageBytes);
    const from = offset - first * pageBytes;
    const run = this.source.read(first, Math.ceil((from + valueBytes) / pageBytes));
    return run && new Uint8Array(run.subarray(from, from + valueBytes));
  }

  private ownerOf(number: number): Owner | undefined {
    this.owners ??= this.readOwners();
    return this.owners.get(number);
  }

  private mustInsist(what: string): void {
    if (this.insists) return;
    throw new StoreError('STORE_UNREADABLE', `The scrub cannot read ${what}. It is tried again in a minute.`);
  }

  private readOwners(): Map<number, Owner> {
    const owners = new Map<number, Owner>();
    for (const place of this.descent.entries(this.trees.get(databaseNames.swarms))) {
      const swarmId = swarmIdOf(place.key);
      const value = this.valueOf(place);
      if (value === undefined) {
        this.mustInsist('a record');
        this.damage.push({ kind: 'unreadable', remedy: 'lost', detail: 'a record', swarmId });
        continue;
      }
      try {
        const { number, record } = decodeSwarm(swarmId, value);
        owners.set(number, { swarmId, record });
      } catch (error) {
        if (!(error instanceof StoreError)) throw error;
        this.damage.push({ kind: 'record', remedy: 'erased', detail: 'it is not what was written', swarmId });
      }
    }
    return owners;
  }
}

function afterPhase(phase: ScrubPhase): ScrubCursor | undefined {
  const next = scrubPhases[scrubPhases.indexOf(phase) + 1];
  return next && { phase: next, after: '' };
}
