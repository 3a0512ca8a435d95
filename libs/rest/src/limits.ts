/** What one client of an HTTP interface for operators may cost the process. */
export const limits = {
  /** Bytes of a request's body: more than the longest that makes sense, hundreds of addresses or a whole record. */
  bodyBytesMax: 65_536,
  /** Characters of one part of a path: the longest swarm ID, every second character percent-encoded. */
  pathPartCharsMax: 2_200,
  /** Connections at a time: protects the process's file descriptors. */
  connectionsMax: 256,
  /** Time for a whole request to arrive: who sends byte by byte must not hold a connection. */
  requestMillis: 10_000,
  /** Characters of a refused value that stand in an answer: a slip is seen at its start. */
  shownCharsMax: 80,
} as const;
