import type { Downloader } from '../channel/downloader';
import type { ChannelPhase } from '../channel/phase';
import { limits, second, type Micros } from '../limits';

/** So many times sooner, and by so much, another peer must be able to send a chunk, that it is worth asking it instead. */
const soonerFactor = 2;
const soonerBy: Micros = second / 50;

/** A peer that takes so much longer than the best is not asked for what somebody waits for. */
const latenessMax: Micros = second / 4;

interface Wanted {
  readonly count: number;
  /** Which chunks are worth it. */
  readonly of?: (chunk: number) => boolean;
}

/** A peer that is fetched from. */
export interface Source {
  readonly downloader: Downloader;
  readonly phase: ChannelPhase;
}

/** Who had better send what: compares the peers that a swarm is fetched from. */
export class Rescue<Peer extends Source> {
  constructor(
    private readonly members: { sources(): Iterable<Peer> },
    private readonly touch: (peer: Peer) => void,
  ) {}

  /** True if another peer would send what this one is asked for now much sooner. */
  isLate(asker: Downloader, now: Micros): boolean {
    if (asker.hampered) return true;
    const mine = asker.pace.reach(asker.outstanding + 1, now);
    // Who was never tried may be the best.
    if (!Number.isFinite(mine)) return false;
    let best = mine;
    for (const { downloader } of this.others(asker)) {
      if (!downloader.hampered) best = Math.min(best, downloader.pace.reach(downloader.outstanding + 1, now));
    }
    return mine > soonerFactor * best + latenessMax;
  }

  /** True if a chunk that this peer failed to send had better be asked of another, who has it and did not fail. */
  skips(asker: Downloader, chunk: number): boolean {
    if (!asker.requests.failed(chunk)) return false;
    for (const { downloader } of this.others(asker)) {
      if (downloader.available.has(chunk) && !downloader.hampered && !downloader.requests.failed(chunk)) return true;
    }
    return false;
  }

  /**
   * Takes chunks over from peers that will send them much later than this one would, or not at all; they are told by
   * CANCEL. RFC 7574 section 3.8.
   */
  takeOver(asker: Downloader, { count, of = () => true }: Wanted, now: Micros): number[] {
    if (asker.hampered || !Number.isFinite(asker.pace.span(1, now))) return [];
    const taken: number[] = [];
    const suits = (chunk: number): boolean => asker.available.has(chunk) && !asker.requests.failed(chunk) && of(chunk);
    for (const channel of this.others(asker)) {
      const { downloader } = channel;
      const yielded: number[] = [];
      const awaited = [...downloader.requests.awaited()];
      for (let place = awaited.length; place > 0 && taken.length + yielded.length < count; place--) {
        const mine = asker.pace.reach(asker.outstanding + taken.length + yielded.length + 1, now);
        if (downloader.delay(place, now) <= soonerFactor * mine + soonerBy) break;
        const chunk = awaited[place - 1];
        if (chunk !== undefined && suits(chunk)) yielded.push(chunk);
      }
      if (yielded.length === 0) continue;
      downloader.yield(yielded, now);
      this.touch(channel);
      taken.push(...yielded);
    }
    return taken.sort((one, other) => one - other);
  }

  private *others(asker: Downloader): Iterable<Peer> {
    let left: number = limits.comparedPeersMax;
    for (const channel of this.members.sources()) {
      if (channel.downloader !== asker && channel.phase === 'open') yield channel;
      if (--left === 0) return;
    }
  }
}
