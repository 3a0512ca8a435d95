import { datagramBytesMax } from '@weir/datagram';

/** Bytes of a DATA message and its datagram before the chunk: channel, type, 64-bit range, timestamp. RFC 7574 section 8. */
const dataHeaderBytesMax = 4 + 1 + 16 + 8;

/** The largest chunk: it must fit one datagram with its header. */
export const chunkSizeMax = datagramBytesMax - dataHeaderBytesMax;

/** The smallest chunk: below it a chunk's hash and headers outweigh its content. */
export const chunkSizeMin = 64;

/**
 * Extents of one content, 256 GiB in 1 KiB chunks: bounds the hashes kept in memory to some 270 MB, and the sidecar
 * file to as much.
 */
export const extentsMax = 2 ** 22;

/** Addresses or URLs that may be named on one command line, per option. */
export const namedMax = 64;
