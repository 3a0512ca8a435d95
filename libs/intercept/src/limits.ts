/** Milliseconds for a whole replacement of the rules, with all prefixes: long past them the kernel will not answer. */
export const toolMillisMax = 10_000;

/** Milliseconds for one beat: longer, and the beats that are left before the epoch ends are too few. */
export const beatMillisMax = 800;

/** Bytes that a tool's output may have: the listing of a table with all prefixes that can be configured. */
export const toolOutputBytesMax = 8_388_608;

/** Milliseconds before an epoch is begun again after the first failure; each further one doubles it. */
export const retryMillisMin = 200;

/** Milliseconds that it grows to: somebody who mends what was wrong need not wait long. */
export const retryMillisMax = 10_000;

/** Milliseconds between two readings of the kernel's counters. */
export const countersMillis = 2_000;
