/**
 * Extents of one content, 256 GiB in 1 KiB chunks: bounds the hashes kept in memory to some 270 MB, and the sidecar
 * file to as much.
 */
export const extentsMax = 2 ** 22;

/** Addresses or URLs that may be named on one command line, per option. */
export const namedMax = 64;
