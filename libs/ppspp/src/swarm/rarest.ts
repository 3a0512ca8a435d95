import type { ChunkSet } from '../addressing/chunk-set';
import { limits } from '../limits';
import { extentChunks } from './content';
import type { Holdings } from './holdings';

/** A peer that is fetched from, and what it has. */
export interface Offerer {
  readonly downloader: { readonly available: ChunkSet };
}

/** Places of the content that are looked at for each extent that is begun. */
const spots = 8;

/**
 * What nobody waits for yet: of extents at a few places spread over the content the one that the fewest peers have, so
 * that no count for each extent has to be kept. Where all have the same, one after the other, from a point drawn at
 * random: leechers that begin at different points have something for one another.
 */
export class Rarest {
  private cursor: number | undefined;

  /** `random` is a number of 32 bits. */
  constructor(
    private readonly holdings: Holdings,
    private readonly members: { sources(): Iterable<Offerer> },
    private readonly random: number,
  ) {}

  /** True if there is anything that was not here yet. */
  get any(): boolean {
    return this.holdings.everHeld.nextOut(0) < (this.holdings.extentCount ?? 0);
  }

  /** Extents that were not here yet and are not begun, of which the peer has something. */
  *extents(available: ChunkSet, isBegun: (extent: number) => boolean): Iterable<number> {
    const seen = new Set<number>();
    const skips = (extent: number): boolean => seen.has(extent) || isBegun(extent);
    for (let next = this.next(available, skips); next !== undefined; next = this.next(available, skips)) {
      seen.add(next);
      yield next;
    }
  }

  private next(available: ChunkSet, skips: (extent: number) => boolean): number | undefined {
    const count = this.holdings.extentCount ?? 0;
    if (!this.any) return undefined;
    const begin = this.cursor ?? Math.floor((this.random / 2 ** 32) * count);
    this.cursor = begin;
    let best: number | undefined;
    let fewest = Number.POSITIVE_INFINITY;
    for (let spot = 0; spot < Math.min(spots, count); spot++) {
      const from = (begin + Math.floor((spot * count) / spots)) % count;
      const extent = this.missing(from, count, available, skips) ?? this.missing(0, from, available, skips);
      if (extent === undefined) return best;
      const peers = this.peersWith(extent);
      if (peers >= fewest) continue;
      best = extent;
      fewest = peers;
      if (spot === 0) this.cursor = extent;
    }
    return best;
  }

  private missing(
    from: number,
    end: number,
    available: ChunkSet,
    skips: (extent: number) => boolean,
  ): number | undefined {
    // What was here once and had to leave is fetched again for those who need it, not for completeness.
    const { everHeld } = this.holdings;
    let extent = everHeld.nextOut(from);
    while (extent < end) {
      const offered = available.nextIn(extent * extentChunks);
      if (offered === undefined) return undefined;
      const nearest = Math.floor(offered / extentChunks);
      if (nearest === extent && !skips(extent)) return extent;
      extent = everHeld.nextOut(nearest === extent ? extent + 1 : nearest);
    }
    return undefined;
  }

  private peersWith(extent: number): number {
    const chunks = { first: extent * extentChunks, last: (extent + 1) * extentChunks - 1 };
    let peers = 0;
    let left: number = limits.comparedPeersMax;
    for (const { downloader } of this.members.sources()) {
      if (downloader.available.intersects(chunks)) peers++;
      if (--left === 0) break;
    }
    return peers;
  }
}
