/** Bytes of lines that may wait to be packed and written: some 100,000 uses, seconds of a slow disk. Beyond it uses are left out. */
export const waitingBytesMax = 4 * 1024 * 1024;

/** Files of one recording's bytes: the oldest is erased for a new one, so that as much as all but one of them stay. */
export const filesPerRecording = 8;

/** Swarms, and subscribers, whose pseudonyms are kept: others are made anew, some microseconds each. */
export const pseudonymsMax = 16_384;

/** Seconds after which what was recorded is on disk, whatever happens to the process. */
export const flushSeconds = 10;

/** Seconds for which nothing is recorded after a file could not be written. */
export const retrySeconds = 60;
