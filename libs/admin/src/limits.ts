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
} as const;
