/** What one client may cost the control thread. */
export const limits = {
  /** Bytes of a request's body: the longest that makes sense, `peersMax` peers and `trackersMax` URLs, is a third of it. */
  bodyBytesMax: 65_536,
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
  /** Connections to the admin address at a time: protects the process's file descriptors. */
  connectionsMax: 256,
  /** Time for a whole request to arrive: who sends byte by byte must not hold a connection. */
  requestMillis: 10_000,
  /** Time for one request to a tracker that the operator named. */
  trackerMillis: 5_000,
  /** Characters of a refused value that stand in an answer: a slip is seen at its start. */
  shownCharsMax: 80,
} as const;
