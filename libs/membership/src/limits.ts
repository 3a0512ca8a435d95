/** Bounds on membership certificates. */
export const limits = {
  /** Signatures checked in a second: at a third of a millisecond each, 3 % of one core (RFC 7574 section 12.2.2). */
  checksPerSecondMax: 100,
  /** Certificates whose check is remembered, by their digest: a swarm's members show the same ones again and again. */
  remembered: 1_024,
  /** Milliseconds by which a certificate may come from the future: other people's clocks. */
  skewMillis: 300_000,
  /** Milliseconds for which a certificate is issued: half a day, of which half is left when it is renewed. */
  lifetimeMillis: 43_200_000,
} as const;
