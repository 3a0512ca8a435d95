import type { LinkRates } from '@weir/ppspp';

/** What bounds a pre-fetch, in bytes a second; what is left out has no bound. */
export interface PrefetchBounds {
  /** Of the order itself. */
  readonly rate: number | undefined;
  /** Of its swarm, whoever fetches it. */
  readonly fetchRate: number | undefined;
  /** Of the link outside, as it is now. */
  readonly link: Pick<LinkRates, 'total' | 'background'>;
}

/** What is left to be fetched, and how fast it comes. */
export interface Remaining {
  readonly bytes: number;
  readonly seconds: number;
  /** As fast as peers have sent for a while; undefined if that is not known. */
  readonly bytesPerSecond: number | undefined;
}

/** For people: what keeps a pre-fetch from being whole by its deadline; undefined if nothing does. */
export function deadlineNote(
  { bytes, seconds, bytesPerSecond }: Remaining,
  bounds: PrefetchBounds,
): string | undefined {
  const needed = Math.ceil(bytes / Math.max(1, seconds));
  const tight = tightest(bounds);
  const why =
    tight.rate < needed
      ? `${tight.name} allows ${String(Math.floor(tight.rate))}`
      : bytesPerSecond !== undefined && bytesPerSecond < needed
        ? `the peers that are known send ${String(bytesPerSecond)}`
        : undefined;
  return why && `it will not be whole by its deadline: that takes ${String(needed)} bytes/s, and ${why}`;
}

function tightest({ rate = Infinity, fetchRate = Infinity, link }: PrefetchBounds) {
  const bounds = [
    { name: 'its own rate', rate },
    { name: 'the fetchRate of its swarm', rate: fetchRate },
    { name: 'fetch.rate (now)', rate: link.total },
    { name: 'fetch.backgroundRate (now)', rate: link.background },
  ];
  return bounds.reduce((least, bound) => (bound.rate < least.rate ? bound : least));
}
