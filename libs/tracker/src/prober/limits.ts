/** Bounds on the handshakes by which a tracker finds out whether peers are where they say. Times are microseconds. */
export const limits = {
  /** Handshakes under way: each is some 300 bytes for a few seconds. */
  probesMax: 4_096,
  /** Peer IDs that wait for one handshake: a peer registers under several at a time. */
  waitersMax: 8,
  /** Handshakes begun in a second, to all the world: 15 kB/s with their repetitions. */
  probesPerSecond: 100,
  /** Handshakes begun at once after a quiet time: a tracker that was restarted is told of all peers again. */
  probesBurst: 1_000,
  /** The same for registrations from one source prefix (IPv4 /24, IPv6 /48). */
  probesPerSourceSecond: 10,
  /** At once, from one source prefix: a network of subscribers behind a few addresses. */
  probesPerSourceBurst: 100,
  /** The same to one such prefix: whoever registers other people's addresses sends them next to nothing. */
  probesPerTargetSecond: 2,
  /** At once, to one prefix: a whole /24 of peers is proven within two minutes. */
  probesPerTargetBurst: 32,
  /** Prefixes that are kept count of, on either side. */
  prefixesMax: 16_384,
  /** Time until a handshake without an answer is repeated, and again until it is given up. */
  patience: 3_000_000,
  /** Time for which an address that was proven needs no further proof, and one that was silent gets no further handshake. */
  memory: 120_000_000,
  /** Such addresses, of either kind. */
  rememberedMax: 8_192,
} as const;
