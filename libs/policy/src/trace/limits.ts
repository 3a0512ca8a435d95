/** Bytes of the name of an object or a subscriber in a trace: longer ones are no names. */
export const nameBytesMax = 1_024;

/** Bytes of a line of a trace, without its end: what is kept of a line that has no end yet. */
export const lineBytesMax = 4_096;

/** Bytes of an object of a trace: what 32 bits count. */
export const objectBytesMax = 2 ** 32 - 1;

/** Requests of a trace: what 32 bits count, less two for what never comes. */
export const requestsMax = 2 ** 32 - 3;
