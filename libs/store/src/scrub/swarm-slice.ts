import { writeSync } from 'node:fs';
import type { SwarmId } from '@weir/ppspp';
import { StoreError } from '../errors';
import { pageBytes } from '../footprint';
import { Descent } from '../integrity/descent';
import { keyBefore } from '../integrity/key-order';
import type { EntryPlace } from '../integrity/entry-place';
import type { FilePages } from '../integrity/inspect-pages';
import type { Meta } from '../integrity/meta-page';
import { headerBytes } from '../integrity/page-layout';
import type { TreeShape } from '../integrity/tree-walk';
import {
  databaseNames,
  decodeBlockKey,
  decodeExtentKey,
  decodeSwarm,
  isWholeBlock,
  type SwarmEntry,
  swarmIdOf,
} from '../keys';
import { headOf } from '../integrity/value-head';
import { damageOf, damageOfHead } from './check-extent';
import { mendedFrom } from './mend-hashes';
import { mustInsist, pagesDamage, type ScrubCursor, type ScrubDamage, type ScrubReport } from './scrub-task';

/** What a slice reads. */
export interface SliceParts {
  readonly descriptor: number;
  readonly source: FilePages;
  readonly meta: Meta;
  readonly insists: boolean;
}

/** What a swarm has, in the order in which it is checked. */
const tables = ['extents', 'hashes'] as const;

type OwnTable = (typeof tables)[number];

/**
 * Some swarms, or a part of one, with all they have: from a record to what stands under its number. So a slice costs what it checks,
 * however much there is beside. What no record leads to is what an erasure left, and swept by the writer.
 */
export class SwarmSlice {
  private readonly descent: Descent;
  private readonly trees: Map<string, TreeShape>;
  private readonly damage: ScrubDamage[] = [];
  private bytes = 0;
  private extents = 0;

  constructor(private readonly parts: SliceParts) {
    this.descent = new Descent(parts.source, parts.meta);
    this.trees = this.descent.trees();
  }

  /** Stops behind the value with which it has read so much. */
  run(cursor: ScrubCursor, bytesMax: number): ScrubReport {
    const next = this.check(cursor, bytesMax);
    if (this.descent.damage !== undefined) this.damage.push(pagesDamage(this.descent.damage));
    // Told of with the structure of the file.
    if (this.descent.hidden !== undefined) this.mustInsist('a page of a tree');
    const { bytes, extents, damage } = this;
    return { next, bytes, extents, damage };
  }

  private check({ after, within }: ScrubCursor, bytesMax: number): ScrubCursor | undefined {
    const from = Buffer.from(after, 'hex');
    // A swarm that was not finished comes first.
    const records = this.descent.entries(this.trees.get(databaseNames.swarms), within ? keyBefore(from) : from);
    for (const place of records) {
      const isSame = within !== undefined && place.key.equals(from);
      const stopped = this.checkSwarm(place, isSame ? within : undefined, bytesMax);
      const key = place.key.toString('hex');
      if (stopped !== undefined) return { phase: 'swarms', after: key, within: stopped };
      if (this.bytes >= bytesMax) return { phase: 'swarms', after: key };
    }
    return undefined;
  }

  private checkSwarm(place: EntryPlace, within: ScrubCursor['within'], bytesMax: number): ScrubCursor['within'] {
    const entry = this.entryOf(place);
    this.bytes += pageBytes;
    if (entry === undefined) return undefined;
    for (const table of within?.table === 'hashes' ? tables.slice(1) : tables) {
      const after = within?.table === table ? Buffer.from(within.after, 'hex') : undefined;
      for (const one of this.under(table, entry.number, after)) {
        if (table === 'extents') this.checkExtent(one, entry);
        else this.checkBlock(one, entry);
        if (this.bytes >= bytesMax) return { table, after: one.key.toString('hex') };
      }
    }
    return undefined;
  }

  /** What stands under a swarm's number, from behind a key on. */
  private *under(table: OwnTable, number: number, after?: Uint8Array): Generator<EntryPlace> {
    const prefix = Buffer.alloc(4);
    prefix.writeUInt32BE(number);
    for (const place of this.descent.entries(this.trees.get(databaseNames[table]), after ?? prefix)) {
      if (!place.key.subarray(0, prefix.length).equals(prefix)) return;
      yield place;
    }
  }

  private entryOf(place: EntryPlace): SwarmEntry | undefined {
    const swarmId = swarmIdOf(place.key);
    const value = this.valueOf(place);
    if (value === undefined) {
      this.mustInsist('a record');
      this.damage.push({ kind: 'unreadable', remedy: 'erased', detail: 'a record', swarmId });
      return undefined;
    }
    try {
      return decodeSwarm(swarmId, value);
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      this.damage.push({ kind: 'record', remedy: 'erased', detail: 'it is not what was written', swarmId });
      return undefined;
    }
  }

  private checkExtent(place: EntryPlace, { record }: SwarmEntry): void {
    const run = this.runOf(place);
    this.bytes += place.valueBytes;
    this.extents++;
    const damage = damageOf(place, run, record);
    if (damage === undefined) return;
    if (damage.kind === 'unreadable') this.mustInsist('an extent');
    if (damage.kind === 'overflow') this.mendHead(place);
    const remedy = damage.kind === 'overflow' ? 'mended' : 'erased';
    const { swarmId } = record.metadata;
    this.damage.push({ ...damage, remedy, swarmId, extent: decodeExtentKey(place.key).index });
  }

  private checkBlock(place: EntryPlace, { record }: SwarmEntry): void {
    const run = this.runOf(place);
    this.bytes += pageBytes;
    const { swarmId } = record.metadata;
    const value = run && new Uint8Array(run.subarray(headerBytes, headerBytes + place.valueBytes));
    if (run === undefined) this.mustInsist('a block of hashes');
    else if (value !== undefined && isWholeBlock(place.key, value)) {
      this.checkHead(place, run, swarmId);
      return;
    }
    const block = mendedFrom(record, { key: place.key, value }, (table, key) => this.find(table, key));
    const { tier, index } = decodeBlockKey(place.key);
    const kind = value === undefined ? 'unreadable' : 'hashes';
    const what = `block ${index} of tier ${tier} is not what was written`;
    if (block === undefined) {
      const detail = `${what}; extents that it does not prove are fetched again`;
      this.damage.push({ kind, remedy: 'lost', detail, swarmId });
    } else {
      const detail = `${what}; it is made anew from what it stands on`;
      const anew = { record, extents: [], blocks: [block] };
      this.damage.push({ kind, remedy: 'mended', detail, swarmId, anew });
    }
  }

  private checkHead(place: EntryPlace, run: Uint8Array, swarmId: SwarmId): void {
    const damage = damageOfHead(place, run);
    if (damage === undefined) return;
    this.mendHead(place);
    this.damage.push({ ...damage, remedy: 'mended', swarmId });
  }

  /** What stands under one key of a swarm; undefined if that is not there, or not to be had. */
  private find(table: OwnTable, key: Uint8Array): Uint8Array | undefined {
    const place = this.descent.entry(this.trees.get(databaseNames[table]), key);
    return place && this.valueOf(place);
  }

  private mendHead({ overflow }: EntryPlace): void {
    if (overflow === undefined) return;
    writeSync(this.parts.descriptor, headOf(overflow), 0, undefined, overflow.first * pageBytes);
  }

  /** The pages that a value has to itself. A small one shares its page; it is looked at as if it had one. */
  private runOf(place: EntryPlace): Uint8Array | undefined {
    const { overflow } = place;
    if (overflow !== undefined) return this.parts.source.read(overflow.first, overflow.pages);
    const value = this.valueOf(place);
    return value && Buffer.concat([Buffer.alloc(headerBytes), value]);
  }

  private valueOf({ offset, valueBytes }: EntryPlace): Uint8Array | undefined {
    const first = Math.floor(offset / pageBytes);
    const from = offset - first * pageBytes;
    const run = this.parts.source.read(first, Math.ceil((from + valueBytes) / pageBytes));
    return run && new Uint8Array(run.subarray(from, from + valueBytes));
  }

  private mustInsist(what: string): void {
    mustInsist(this.parts.insists, what);
  }
}
