/** Consecutive chunks, both ends inclusive: `0 <= first <= last <= 2^53 - 1`. RFC 7574 section 4.1. */
export interface ChunkRange {
  readonly first: number;
  readonly last: number;
}
