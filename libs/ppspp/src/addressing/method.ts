/**
 * The chunk addressing methods: ranges and bins of 32 and 64 bits, and ranges of bytes. RFC 7574 sections 4 and 7.8;
 * every implementation must support the first two, and the first is the default.
 */
export const chunkAddressings = ['chunk32', 'chunk64', 'bin32', 'bin64', 'byte64'] as const;

/** One of the chunk addressing methods. */
export type ChunkAddressing = (typeof chunkAddressings)[number];

/**
 * The largest chunk number that a method can name; 64-bit methods are bounded by the numbers that we compute with. The
 * bin of a chunk is twice its number, and of byte offsets every chunk takes `chunkSize`.
 */
export function chunkMax(addressing: ChunkAddressing, chunkSize: number): number {
  switch (addressing) {
    case 'chunk32':
      return 2 ** 32 - 1;
    case 'bin32':
      return 2 ** 31 - 1;
    case 'chunk64':
    case 'bin64':
      return Number.MAX_SAFE_INTEGER;
    case 'byte64':
      return Math.floor((Number.MAX_SAFE_INTEGER + 1) / chunkSize) - 1;
  }
}
