/**
 * What the addon and we write into memory that both see; `receiver.h`, `sender.h` and `address.h` have the same. A change
 * of either side is a change of `layoutVersion` on both, and so is a function that the addon gains.
 */
export const layoutVersion = 6;

/** 32-bit words of an address: family (4, 6, or 0 for none), port, scope, and four of the IP in network order. */
export const addressWords = 7;

/** Words of a message that was received: a datagram, or a train of them. */
export const received = { offset: 0, bytes: 1, segment: 2, from: 3, to: 4, flags: 5, words: 6 } as const;

/** Bits of `received.flags`. */
export const receivedFlags = { freshFrom: 1, freshTo: 2, freshSlab: 4, noTo: 8 } as const;

/** Words of a run to send: datagrams to one destination, all as long as the first but perhaps the last. */
export const run = {
  offset: 0,
  bytes: 1,
  segment: 2,
  count: 3,
  singly: 4,
  to: 5,
  from: 5 + addressWords,
  words: 5 + 2 * addressWords,
} as const;

/** Words that tell what became of runs; then come three for each failure: run, datagrams, error number. */
export const outcome = { runs: 0, datagrams: 1, bytes: 2, blocked: 3, failures: 4, words: 5, failureWords: 3 } as const;
