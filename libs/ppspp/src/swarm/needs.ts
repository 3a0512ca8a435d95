import type { ChunkSet } from '../addressing/chunk-set';
import { limits, second, type Micros } from '../limits';
import { extentChunks } from './content';
import type { Holdings } from './holdings';

/** A peer that is served, by what it has, was told of, and asked for last. */
export interface Subscriber {
  readonly uploader: {
    readonly known: ChunkSet;
    readonly announced: ChunkSet;
    readonly position: number | undefined;
    readonly playback?: { readonly rate: number | undefined } | undefined;
  };
}

/** Where a subscriber will need something: from an extent on, up to another, the first of them after some time. */
interface Prospect {
  readonly from: number;
  readonly end: number;
  readonly after: Micros;
  readonly perExtent: Micros;
}

/** Of a subscriber of whom no rate is known: a film in chunks of 1 KiB, about. */
const usualRate = 512;

/** What was found out of the subscribers' positions is good for so long. */
const listLife: Micros = second / 200;

/** A player's buffer, and time to find other peers when one fails. */
export const readAheadDefault: Micros = 30 * second;

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
    /** How far ahead of what subscribers play. */
    private readonly horizon: Micros = readAheadDefault,
  ) {}

  /** Something changed that the list must show at once. */
  outdate(): void {
    this.isListed = false;
  }

  /** One subscriber's position changed, or what it was told: until the list is made anew, its needs go first. */
  include(channel: Subscriber): void {
    if (!this.isListed) return;
    const own = new Set<number>();
    for (const prospect of this.prospectsOf(channel, limits.readAheadExtents))
      for (const extent of this.lackedBy(channel, prospect)) own.add(extent);
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

  /** Of many subscribers some at a time: what they have in common is found with any. What is needed first comes first. */
  private find(): number[] {
    const dueIn = new Map<number, Micros>();
    const some = [...this.members.someSubscribers(limits.positionsMax)];
    const reach = Math.max(limits.demandExtents, Math.floor(limits.needsMax / Math.max(1, some.length)));
    for (const channel of some) {
      for (const prospect of this.prospectsOf(channel, reach)) {
        for (const extent of this.lackedBy(channel, prospect)) {
          const after = prospect.after + (extent - prospect.from) * prospect.perExtent;
          dueIn.set(extent, Math.min(after, dueIn.get(extent) ?? Number.POSITIVE_INFINITY));
        }
      }
    }
    return [...dueIn].sort(([, one], [, other]) => one - other).map(([extent]) => extent);
  }

  /**
   * Where a subscriber is about to ask: behind what it asked for last, as far as it gets within the horizon; and, if it does not
   * play but fetches, at the first chunk it lacks.
   */
  private prospectsOf({ uploader }: Subscriber, reachMax: number): Prospect[] {
    const { position, known, playback } = uploader;
    const rate = playback?.rate;
    const perExtent = Math.ceil((extentChunks * second) / Math.max(1, rate ?? usualRate));
    const reach = rate === undefined ? limits.demandExtents : Math.ceil(this.horizon / perExtent);
    const lacking = Math.floor(known.nextOut(0) / extentChunks);
    const first = { from: lacking, end: lacking + limits.demandExtents, after: 0, perExtent };
    if (position === undefined) return [first];
    const from = Math.floor(position / extentChunks);
    const end = from + Math.min(Math.max(reach, limits.readAheadMin), reachMax, limits.readAheadExtents);
    return [
      { from, end, after: 0, perExtent },
      { ...first, after: lacking === from ? 0 : this.horizon },
    ];
  }

  private *lackedBy(channel: Subscriber, prospect: Prospect): Iterable<number> {
    const { held } = this.holdings;
    const end = Math.min(this.holdings.extentCount ?? 0, prospect.end);
    for (let extent = held.nextOut(prospect.from); extent < end; extent = held.nextOut(extent + 1)) {
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
