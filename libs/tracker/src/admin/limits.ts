/** Bounds on what the admin side of a tracker composes for one request. */
export const limits = {
  /** Swarms, peers or grants in one answer: some 500 bytes of JSON each, and no peer is answered meanwhile. */
  pageItemsMax: 1_000,
  /** The same, to who does not say how many. */
  pageItems: 100,
  /** Characters of a token: as many as a header of a request reasonably holds. */
  tokenCharsMax: 512,
  /** Characters below which a token is refused: 128 bits in the densest alphabet that a header takes. */
  tokenCharsMin: 20,
} as const;
