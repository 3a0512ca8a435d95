import { invariant } from '@weir/ppspp';
import { limits as restLimits } from '@weir/rest';

/** What one client may cost the control thread. */
export const limits = {
  /** Swarms in one answer: a swarm is some 500 bytes of JSON, and the thread composes nothing else meanwhile. */
  pageSwarmsMax: 1_000,
  /** Swarms in one answer to who does not say how many. */
  pageSwarms: 100,
  /** Peers named in one request: as many as an endpoint knows for one swarm. */
  peersMax: 256,
  /** Trackers named in one request: each is two requests to a stranger, and up to ten seconds of the client's patience. */
  trackersMax: 4,
  /** Characters of a tracker's URL: longer than any that a browser would take. */
  urlCharsMax: 2_048,
  /** Fetches that wait for trackers at a time: protects sockets from a script that starts thousands. */
  fetchesMax: 64,
  /** Time for one request to a tracker that the operator named. */
  trackerMillis: 5_000,
  /** Characters of a label. */
  labelCharsMax: 64,
  /** Bytes of a tracker's URL that has a quota: it is a key in the store, and a part of a path. */
  trackerNameBytesMax: 512,
  /** Characters of the reason of a block: a sentence or two, kept in memory for each of thousands. */
  reasonCharsMax: 500,
  /** Least rate that can be laid down, in bytes a second: below it a chunk takes seconds. */
  rateMin: 1_024,
  /** Largest rate: 80 Gbit/s, above what a machine sends. */
  rateMax: 10_000_000_000,
  /** Jobs that wait or run: each is looked at once a second. */
  jobsUnfinishedMax: 128,
  /** Jobs that are kept after they ended; the oldest are forgotten. */
  jobsEndedMax: 256,
  /** Pre-fetches that run at a time; the others wait. */
  prefetchesMax: 16,
  /** Erased swarms that are read back at a time; the others wait, and are erased already. */
  readBacksMax: 1_024,
  /** Time without a byte after which a pre-fetch without a deadline gives up. */
  stalledMillis: 600_000,
} as const;

// Each byte of a URL may be percent-encoded.
invariant(3 * limits.trackerNameBytesMax <= restLimits.pathPartCharsMax, 'a tracker with a quota fits into a path');
