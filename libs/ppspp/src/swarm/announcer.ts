import type { ChunkRange } from '../addressing/chunk-range';
import { ChunkSet } from '../addressing/chunk-set';
import { limits, type Micros } from '../limits';
import type { Holdings } from './holdings';
import type { Message } from '../wire/message';

/** A peer as far as it is told of what is here. */
export interface Told {
  readonly serves: boolean;
  readonly fetches: boolean;
  readonly uploader: { readonly known: ChunkSet; readonly announced: ChunkSet; announcedAt: Micros };
  tell(...messages: readonly Message[]): void;
}

/** Tells peers what is here. RFC 7574 section 3.2. */
export class Announcer<Peer extends Told> {
  /** Extents that came and were not told of. */
  private readonly news = new ChunkSet();
  private tellAt: Micros = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly holdings: Holdings,
    private readonly members: { readers(): Iterable<Peer> },
    private readonly touch: (channel: Peer) => void,
  ) {}

  /** Everything that it has not got itself, to one peer. RFC 7574 section 3.2. */
  announceAll(channel: Peer, now: Micros): void {
    if (!channel.serves || this.holdsBack(channel)) return;
    channel.uploader.announcedAt = now;
    for (const run of this.holdings.held.runs().slice(0, limits.availabilityRunsMax)) {
      const range = this.holdings.chunksOf(run);
      channel.uploader.announced.add(run);
      if (!channel.uploader.known.covers(range)) channel.tell({ type: 'have', range });
    }
    this.touch(channel);
  }

  /** Everything, to those who were told nothing while the content's size was in doubt. */
  announceHeldBack(): void {
    for (const channel of this.members.readers())
      if (channel.fetches) this.announceAll(channel, channel.uploader.announcedAt);
  }

  /** An extent has come; who is to know is told by `tend`. */
  announce(extent: number): void {
    this.news.add({ first: extent, last: extent });
  }

  /**
   * Tells what has come, with the biggest intervals around it (RFC 7574 section 4.3.1): what came together, together, and
   * the less often the more there are to be told. When more is to be told, or undefined.
   */
  tend(now: Micros): Micros | undefined {
    if (this.news.runCount === 0) return undefined;
    if (now < this.tellAt) return this.tellAt;
    const runs = new Map<number, ChunkRange>();
    for (const { first, last } of this.news.runs()) {
      for (let extent = this.holdings.held.nextIn(first); extent !== undefined && extent <= last;) {
        const run = this.holdings.held.runAt(extent) ?? { first: extent, last: extent };
        runs.set(run.first, run);
        extent = this.holdings.held.nextIn(run.last + 1);
      }
    }
    this.news.clear();
    this.tellAt = now + Math.min(limits.haveDelayMax, this.tellAll([...runs.values()]) * limits.haveShare);
    return undefined;
  }

  /** How many HAVEs that took. */
  private tellAll(runs: readonly ChunkRange[]): number {
    let told = 0;
    for (const channel of this.members.readers()) {
      if (this.holdsBack(channel)) continue;
      for (const run of runs) {
        const range = this.holdings.chunksOf(run);
        if (channel.uploader.known.covers(range)) continue;
        channel.uploader.announced.add(run);
        channel.tell({ type: 'have', range });
        told++;
      }
      this.touch(channel);
    }
    return told;
  }

  /** A peer that hears what we have takes us to know the peak hashes, and sends none: in doubt we need its own. */
  private holdsBack({ fetches }: Peer): boolean {
    return fetches && this.holdings.tree.doubtful;
  }

  /**
   * A peer that says nothing but that it is there may not know what it could ask for: a HAVE is never acknowledged. If it
   * knows all that is here, it waits for what is not: then it counts as not told of anything, so that it is fetched.
   */
  remind(channel: Peer, now: Micros): void {
    if (!channel.serves || now - channel.uploader.announcedAt < limits.reminder) return;
    const { known } = channel.uploader;
    const knowsAll = this.holdings.runs().every((range) => known.covers(range));
    if (!knowsAll) this.announceAll(channel, now);
    else if (!this.holdings.complete) channel.uploader.announced.clear();
  }
}
