/**
 * Bytes that may be on their way from one datapath thread to another, each datagram with 512 beside its own: memory, and the
 * age of what a thread that is behind gets to see. 2,800 HANDSHAKEs of usual length.
 */
export const handoverBytesMax = 2 * 1024 * 1024;

/** Datapath threads that are replaced within `restartSpan`; after that the appliance ends. */
export const restartsMax = 5;

/** Microseconds in which restarts are counted. */
export const restartSpan = 60_000_000;

/** Microseconds that a thread's timers are late, in the mean, above which it counts as overloaded: a fifth of what a HANDSHAKE may wait. */
export const lagMax = 100_000;

/** Microseconds of the same below which it counts as recovered: far enough away that it does not change with each breath. */
export const lagSettled = 25_000;

/** Microseconds after the last write that the full store refused until new swarms are tried again. */
export const storeFullSpan = 30_000_000;

/** MiB in which a thread makes what it soon forgets: a flood makes it use them all, and a wider one is hardly faster. */
export const youngHeapMegabytes = 12;

/** Times that one datagram is relayed on one flow within `loopSpan`: as many as the usual time to live would have allowed it. */
export const loopRounds = 64;

/** Microseconds in which they are counted: a loop takes less for each round, and nobody says the same so often. */
export const loopSpan = 1_000_000;

/** Places in which a thread counts them, 14 bytes each: a loop is found out though some hundred other flows are relayed beside it. */
export const loopGuardPlaces = 4_096;

/** Buckets of intercepted flows that a thread tells the others of, a byte each, and four for all threads that say when one was passed: with 2,600 flows held, one in a hundred others is taken for one of them. */
export const flowBucketsMax = 262_144;

/** Swarms of which it is known what was done in them since the start, for STAT_REPORT; as many as an operator may name, at a hundred bytes each. */
export const trafficSwarmsMax = 65_536;

/** Microseconds over which it is measured how much of the uplink is used: long enough for the bursts of a stream to even out. */
export const uplinkSpan = 10_000_000;

/** Segments that a thread notes as asked for, each for each subscriber, between two messages to the writer: a second of any demand that one core can serve. */
export const usesMax = 4_096;

/** Subscribers whose number a thread remembers rather than computes, a hundred bytes each; all are forgotten when there are more. */
export const subscribersKnownMax = 16_384;

/** Swarms named by trackers with quotas that wait to be written as one, some 200 bytes each: what a start brings in a second. */
export const marksMax = 1_024;

/** Swarms of which it is known which tracker named peers of them first, a hundred bytes each: as many as have rules. */
export const originsMax = 65_536;
