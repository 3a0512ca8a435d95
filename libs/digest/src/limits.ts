/** Bounds on what a stranger's header fields make us read and remember. */
export const limits = {
  /** Characters of a WWW-Authenticate, Authorization or Authentication-Info field that is looked at; beyond, it counts as unreadable. */
  fieldCharsMax: 4_096,
  /** Parameters and schemes in one field: RFC 7616 has twelve for one challenge, and a server may offer several. */
  partsMax: 64,
  /** Nonces in use of which a server remembers the counts: 16 MiB of memory. Beyond, the oldest ones become stale. */
  noncesMax: 65_536,
  /** Requests of one nonce that may overtake each other: those on a client's connections, many times over. */
  countsWindow: 32,
} as const;
