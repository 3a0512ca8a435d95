import type { ChunkSet } from '../addressing/chunk-set';
import { limits, second, type Micros } from '../limits';
import { extentChunks } from './content';
import type { Holdings } from './holdings';

/** A peer that is served, by what it has, was told of, and asked for last. */
export interface Subscriber {
  readonly uploader: { readonly known: ChunkSet; readonly announced: ChunkSet; readonly position: number | undefined };
}

/** What was found out of the subscribers' positions is good for so long. */
const listLife: Micros = second / 200;

/** What subscribers are about to ask for, and cannot yet, since it is not here. In the order they will. */
export class Needs {
  private listed: readonly number[] = [];
  /** What is listed; made when somebody asks. */
  private among: ReadonlySet<number> | undefined;
  private isListed = false;
  private listedAt: Micros = Number.NEGATIVE_INFINITY;
  private now: Micros = 0;

  constructor(
    private readonly holdings: Holdings,
    private readonly members: { someSubscribers(count: number): Iterable<Subscriber> },
  ) {}

  /** Something changed that the list must show at once. */
  outdate(): void {
    this.isListed = false;
  }

  /** One subscriber's position changed, or what it was told: until the list is made anew, its needs go first. */
  include(channel: Subscriber): void {
    if (!this.isListed) return;
    const own = new Set<number>();
    for (const from of positionsOf(channel)) for (const extent of this.lackedBy(channel, from)) own.add(extent);
    if (own.size === 0) return;
    this.listed = [...own, ...this.listed.filter((extent) => !own.has(extent))];
    this.among = undefined;
  }

  /** Time passed. */
  turn(now: Micros): void {
    this.now = now;
    if (now >= this.listedAt + listLife) this.isListed = false;
  }

  /** Extents that are needed: what is nearest to any position first. */
  list(): readonly number[] {
    if (!this.isListed) {
      this.listed = this.find();
      this.among = undefined;
      this.isListed = true;
      this.listedAt = this.now;
    }
    return this.listed;
  }

  /** True if an extent is needed. */
  has(extent: number): boolean {
    const listed = this.list();
    this.among ??= new Set(listed);
    return this.among.has(extent);
  }

  /** Of many subscribers some at a time: what they have in common is found with any. */
  private find(): number[] {
    const distances = new Map<number, number>();
    for (const channel of this.members.someSubscribers(limits.positionsMax)) {
      for (const from of positionsOf(channel)) {
        for (const extent of this.lackedBy(channel, from)) {
          distances.set(extent, Math.min(extent - from, distances.get(extent) ?? Number.POSITIVE_INFINITY));
        }
      }
    }
    return [...distances].sort(([, one], [, other]) => one - other).map(([extent]) => extent);
  }

  private *lackedBy(channel: Subscriber, from: number): Iterable<number> {
    const { held } = this.holdings;
    const end = Math.min(this.holdings.extentCount ?? 0, from + limits.demandExtents);
    for (let extent = held.nextOut(from); extent < end; extent = held.nextOut(extent + 1)) {
      if (!this.isTold(channel, extent)) yield extent;
    }
  }

  /** What a subscriber was told of it asks for; what it was not told of must be here before it can. */
  private isTold({ uploader }: Subscriber, extent: number): boolean {
    const first = extent * extentChunks;
    if (uploader.announced.has(extent)) return true;
    return uploader.known.covers({ first, last: first + this.holdings.chunksIn(extent) - 1 });
  }
}

/** Where a subscriber is about to ask: behind what it asked for last, and at the first chunk it lacks. In extents. */
function positionsOf({ uploader }: Subscriber): number[] {
  const lacking = Math.floor(uploader.known.nextOut(0) / extentChunks);
  if (uploader.position === undefined) return [lacking];
  return [Math.floor(uploader.position / extentChunks), lacking];
}
