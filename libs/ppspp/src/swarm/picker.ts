import type { ChunkSet } from '../addressing/chunk-set';
import type { Urgency } from '../budget/link-budget';
import type { Purse } from '../budget/purse';
import { limits } from '../limits';
import { Assembly } from './assembly';
import { extentChunks } from './content';
import type { Holdings } from './holdings';

/** Channels that may each be asked for one chunk while the content's size is unknown. */
const probesMax = 3;

/** Which extents are needed: waited for, about to be asked for, and the rest, of which only what is not begun. */
export interface DemandedExtents {
  pressed(): Iterable<number>;
  presses(extent: number): boolean;
  urgencyOf(extent: number): Urgency;
  needed(): Iterable<number>;
  rest(available: ChunkSet, isBegun: (extent: number) => boolean): Iterable<number>;
}

/** Who is to be asked. */
export interface Asker {
  /** What it has. */
  readonly available: ChunkSet;
  /** Others would send much sooner what somebody waits for. */
  readonly isLate: boolean;
  /** The chunk had better be asked of another. */
  readonly skips: (chunk: number) => boolean;
  /** What may be asked for now; left out, anything. */
  readonly purse?: Purse | undefined;
}

/** The share of extents that may be begun in the background: what somebody waits for must find room. */
const restShare = 1 - limits.demandExtents / limits.assembliesMax;

/**
 * The chunk picker: what to ask of whom. RFC 7574 section 9.1 leaves it to us.
 *
 * What somebody waits for goes first, in order. All else is finished in the order it was begun, so that few extents are in
 * memory at a time. No chunk is asked of two peers at once.
 */
export class Picker {
  private readonly assemblies = new Map<number, Assembly>();
  private readonly probes = new Set<number>();

  constructor(
    private readonly holdings: Holdings,
    private readonly demand: DemandedExtents,
  ) {}

  /** At most `count` chunks, the most urgent first, now counted as asked for. */
  pick(asker: Asker, count: number): number[] {
    const { chunkSize, chunkCount, tree } = this.holdings;
    if (chunkSize === undefined || chunkCount === undefined)
      return this.allowed(asker, () => this.probe(asker.available));
    const picked = tree.doubtful ? this.allowed(asker, () => this.pickLast(asker.available)) : [];
    for (const extent of this.candidates(asker)) {
      this.pickFrom(extent, asker, count, picked);
      if (picked.length >= count) break;
    }
    return picked;
  }

  release(chunks: readonly number[]): void {
    for (const chunk of chunks) {
      this.probes.delete(chunk);
      const extent = Math.floor(chunk / extentChunks);
      const assembly = this.assemblies.get(extent);
      assembly?.release(chunk);
      // One that nobody has anything of must not keep others from being begun.
      if (assembly?.untouched === true) this.assemblies.delete(extent);
    }
  }

  /** Extents in memory, not yet stored. */
  get inProgress(): number {
    return this.assemblies.size;
  }

  assembly(extent: number): Assembly | undefined {
    return this.assemblies.get(extent);
  }

  /** Takes a verified chunk; the assembly it completed, if it did. */
  put(chunk: number, bytes: Uint8Array): Assembly | undefined {
    this.probes.delete(chunk);
    const extent = Math.floor(chunk / extentChunks);
    if (this.holdings.held.has(extent)) return undefined;
    const assembly = this.assemblies.get(extent) ?? this.begin(extent);
    if (assembly?.phase !== 'filling') return undefined;
    assembly.put(chunk, bytes);
    return assembly.complete ? assembly : undefined;
  }

  /** True if the chunk is stored, or verified and on its way into the store. */
  has(chunk: number): boolean {
    const extent = Math.floor(chunk / extentChunks);
    return this.holdings.held.has(extent) || this.assemblies.get(extent)?.holds(chunk) === true;
  }

  /** Forgets an extent: it is stored, or has to be begun anew. */
  drop(extent: number): void {
    this.assemblies.delete(extent);
    this.holdings.tree.releaseExtent(extent);
  }

  /** The number of chunks was corrected: extents that end otherwise than was thought are begun anew. */
  resize(): void {
    for (const [extent, assembly] of this.assemblies) {
      if (assembly.chunks !== this.holdings.chunksIn(extent)) this.assemblies.delete(extent);
    }
  }

  /** One chunk that tells of the content rather than being wanted: as urgent as anything. */
  private allowed({ purse }: Asker, pick: () => number[]): number[] {
    if (purse?.room('demand', 1) === 0) {
      purse.defer('demand');
      return [];
    }
    const picked = pick();
    purse?.spend('demand', picked.length);
    return picked;
  }

  private probe(available: ChunkSet): number[] {
    if (this.probes.size >= probesMax) return [];
    const { chunkCount } = this.holdings;
    let chunk = available.nextIn(0);
    while (chunk !== undefined && this.probes.has(chunk)) chunk = available.nextIn(chunk + 1);
    // The last chunk cannot tell the chunk size.
    if (chunk === undefined || (chunkCount !== undefined && chunkCount > 1 && chunk >= chunkCount - 1)) return [];
    this.probes.add(chunk);
    return [chunk];
  }

  /** The last chunk proves how many there are. */
  private pickLast(available: ChunkSet): number[] {
    const last = (this.holdings.chunkCount ?? 0) - 1;
    const extent = Math.floor(last / extentChunks);
    if (!available.has(last) || this.holdings.held.has(extent)) return [];
    const assembly = this.assemblies.get(extent) ?? this.begin(extent);
    if (assembly?.lacks(last) !== true) return [];
    assembly.ask(last);
    return [last];
  }

  private *candidates({ available, isLate, purse }: Asker): Iterable<number> {
    if (!isLate) yield* this.demand.pressed();
    for (const [extent, { open }] of this.assemblies) if (open && !this.demand.presses(extent)) yield extent;
    yield* this.demand.needed();
    if (this.assemblies.size < this.restMax) yield* this.rest(available, purse);
    if (isLate) yield* this.demand.pressed();
  }

  private *rest(available: ChunkSet, purse: Purse | undefined): Iterable<number> {
    for (const extent of this.demand.rest(available, (begun) => this.assemblies.has(begun))) {
      if (purse?.denies('background') === true) return;
      yield extent;
      if (this.assemblies.size >= this.restMax) return;
    }
  }

  private pickFrom(extent: number, asker: Asker, count: number, picked: number[]): void {
    const { available, purse } = asker;
    const first = extent * extentChunks;
    if (!available.intersects({ first, last: first + extentChunks - 1 })) return;
    const urgency = purse === undefined ? 'demand' : this.demand.urgencyOf(extent);
    if (purse?.denies(urgency) === true) return;
    const assembly = this.assemblies.get(extent) ?? this.begin(extent);
    if (assembly?.open !== true) return;
    const wanted = chunksFor(asker, assembly, count - picked.length);
    for (const chunk of purse === undefined ? wanted : affordable(wanted, purse, urgency)) {
      assembly.ask(chunk);
      picked.push(chunk);
    }
    if (assembly.untouched) this.assemblies.delete(extent);
  }

  private get assembliesMax(): number {
    const extentBytes = extentChunks * this.holdings.metadata.chunkSize;
    return Math.min(limits.assembliesMax, Math.floor(limits.assembliesBytesMax / extentBytes));
  }

  private get restMax(): number {
    return Math.floor(this.assembliesMax * restShare);
  }

  private begin(extent: number): Assembly | undefined {
    const { chunkSize } = this.holdings;
    const chunks = this.holdings.chunksIn(extent);
    if (chunkSize === undefined || chunks <= 0 || this.assemblies.size >= this.assembliesMax) return undefined;
    const assembly = new Assembly(extent, chunks, chunkSize);
    this.assemblies.set(extent, assembly);
    return assembly;
  }
}

/** What the peer may be asked for of an extent, at most so much. */
function chunksFor({ available, skips }: Asker, assembly: Assembly, count: number): number[] {
  const wanted: number[] = [];
  for (const chunk of assembly.openChunks()) {
    if (wanted.length >= count) break;
    if (available.has(chunk) && !skips(chunk)) wanted.push(chunk);
  }
  return wanted;
}

/** As many of them as may be asked for now, which counts as done; the others wait. */
function affordable(wanted: readonly number[], purse: Purse, urgency: Urgency): readonly number[] {
  const room = purse.room(urgency, wanted.length);
  purse.spend(urgency, room);
  if (room < wanted.length) purse.defer(urgency);
  return wanted.slice(0, room);
}
