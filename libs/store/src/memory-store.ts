import type { Extent, HashBlock, SwarmId } from '@weir/ppspp';
import type { DiskSpace } from './disk';
import { type SwarmEntry, summaryOf } from './keys';
import type { OpenedSwarm, StoreReader, StoreWriter, SwarmSummary } from './store';
import { decodeRule, encodeRule } from './rules/codec';
import type { RuleChange } from './rules/rule';
import { TableWriter } from './table-writer';
import type { WriterLimits } from './writer-limits';
import type { BlockPosition, ExtentPlace, Swept, Tables } from './tables';

const endlessDisk: DiskSpace = { freeBytes: Number.MAX_SAFE_INTEGER, totalBytes: Number.MAX_SAFE_INTEGER };

/** A store in memory, for simulations and tests: the same decisions as on disk, nothing durable. */
export class MemoryStore {
  private readonly tables = new MemoryTables();

  /** Opens the writer; after its `close` another may be opened, and finds what was written. */
  writer(options: Omit<WriterLimits, 'disk'> & Partial<WriterLimits>): StoreWriter {
    return new TableWriter(this.tables, { disk: () => endlessDisk, ...options });
  }

  reader(): StoreReader {
    return new MemoryReader(this.tables);
  }
}

interface Content {
  readonly extents: Map<number, Extent>;
  readonly blocks: Map<string, HashBlock>;
}

class MemoryTables implements Tables {
  readonly returns = false;
  readonly entries = new Map<SwarmId, SwarmEntry>();
  readonly contents = new Map<number, Content>();
  readonly rows = new Map<string, Buffer>();
  private next = 1;
  private remembered: Uint8Array | undefined;

  atomically<Result>(work: () => Result): Result {
    return work();
  }

  giveBack(): number {
    return 0;
  }

  nextSwarm(): number {
    return this.next;
  }

  setNextSwarm(number: number): void {
    this.next = number;
  }

  swarms(): Iterable<SwarmEntry> {
    return this.entries.values();
  }

  putSwarm(entry: SwarmEntry): void {
    this.entries.set(entry.record.metadata.swarmId, entry);
  }

  removeSwarm(swarmId: SwarmId): void {
    this.entries.delete(swarmId);
  }

  *extentPlaces(): Iterable<ExtentPlace> {
    for (const [swarm, { extents }] of this.contents) for (const index of ascending(extents)) yield { swarm, index };
  }

  putExtent(swarm: number, { index, bytes, hashes }: Extent): void {
    this.content(swarm).extents.set(index, { index, bytes: Uint8Array.from(bytes), hashes: Uint8Array.from(hashes) });
  }

  removeExtent(swarm: number, index: number): void {
    this.content(swarm).extents.delete(index);
  }

  *blockPositions(): Iterable<BlockPosition> {
    for (const [swarm, { blocks }] of this.contents) {
      for (const { tier, index } of blocks.values()) yield { swarm, tier, index };
    }
  }

  putBlock(swarm: number, { tier, index, hashes }: HashBlock): void {
    this.content(swarm).blocks.set(`${tier}/${index}`, { tier, index, hashes: Uint8Array.from(hashes) });
  }

  *rules(): Iterable<RuleChange> {
    for (const [key, value] of this.rows) yield decodeRule(Buffer.from(key, 'hex'), value);
  }

  putRule(change: RuleChange): void {
    const { key, value } = encodeRule(change);
    if (value === undefined) this.rows.delete(key.toString('hex'));
    else this.rows.set(key.toString('hex'), value);
  }

  policy(): Uint8Array | undefined {
    return this.remembered;
  }

  keepPolicy(state: Uint8Array): void {
    this.remembered = state;
  }

  sweep(swarm: number, keysMax: number): Swept {
    const { extents, blocks } = this.content(swarm);
    const indexes = ascending(extents).slice(0, keysMax);
    for (const index of indexes) extents.delete(index);
    const names = [...blocks.keys()].slice(0, keysMax - indexes.length);
    for (const name of names) blocks.delete(name);
    const done = extents.size + blocks.size === 0;
    if (done) this.contents.delete(swarm);
    return { extents: indexes, blocks: names.length, done };
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  private content(swarm: number): Content {
    const content = this.contents.get(swarm) ?? { extents: new Map(), blocks: new Map() };
    this.contents.set(swarm, content);
    return content;
  }
}

class MemoryReader implements StoreReader {
  constructor(private readonly tables: MemoryTables) {}

  rules(): RuleChange[] {
    return [...this.tables.rules()];
  }

  leftovers(): Promise<number[]> {
    const owned = new Set([...this.tables.entries.values()].map(({ number }) => number));
    return Promise.resolve([...this.tables.contents.keys()].filter((number) => !owned.has(number)));
  }

  stillThere(numbers: readonly number[]): number[] {
    return numbers.filter((number) => this.tables.contents.has(number));
  }

  swarms(): SwarmSummary[] {
    return [...this.tables.entries.values()].map(summaryOf);
  }

  holds(swarmId: SwarmId): boolean {
    return this.tables.entries.has(swarmId);
  }

  open(swarmId: SwarmId): Promise<OpenedSwarm | undefined> {
    const entry = this.tables.entries.get(swarmId);
    const content = entry && this.tables.contents.get(entry.number);
    if (entry === undefined) return Promise.resolve(undefined);
    // What it has may be in memory alone.
    const extents = ascending(content?.extents ?? new Map<number, Extent>());
    const blocks = [...(content?.blocks.values() ?? [])].sort(
      (one, other) => one.tier - other.tier || one.index - other.index,
    );
    return Promise.resolve({ record: entry.record, extents, blocks });
  }

  read(swarmId: SwarmId, index: number): Promise<Extent | undefined> {
    const entry = this.tables.entries.get(swarmId);
    const extent = entry && this.tables.contents.get(entry.number)?.extents.get(index);
    return Promise.resolve(extent && { index, bytes: extent.bytes.slice(), hashes: extent.hashes.slice() });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

function ascending(extents: ReadonlyMap<number, Extent>): number[] {
  return [...extents.keys()].sort((one, other) => one - other);
}
