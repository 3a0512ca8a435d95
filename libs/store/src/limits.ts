import { invariant } from '@weir/ppspp';

/** Longest swarm ID as a key; LMDB takes 1978 bytes at 4 KiB pages. A root hash has 32, an RSA-4096 key under 600. */
export const swarmIdBytesMax = 1024;

/** Tiers of hash blocks: 64^9 chunks exceed 2^53, the most that a chunk number can be. */
export const tiersMax = 8;

/** Keys removed by one transaction that sweeps: about a millisecond, so that commits never wait long behind it. */
export const sweptPerTransactionMax = 256;

/** Segments that one transaction removes or writes when a store opens or closes: 16 MiB, so that it holds no more in memory. */
export const segmentsPerTransactionMax = 64;

/** Seconds within which a subscriber's requests for one segment are one pass: at 500 kbit/s a segment of 256 KiB plays for four. */
export const passSpanSeconds = 30;

/** Passes that are remembered, 12 bytes each: those of 4,000 segments a second within the span. */
export const passPlaces = 131_072;

/** Keys that `open` reads before it lets the event loop run: about a millisecond. */
export const openSliceKeys = 4096;

/** Hash blocks that `open` reads before it lets the event loop run: 256 KiB. */
export const openSliceBlocks = 64;

/** Swarms whose records the writer tells at a time when it tells all: some milliseconds of the one that hears it. */
export const toldSwarmsMax = 256;

/** Smallest capacity: below it, eviction would fight with the records of the swarms it serves. */
export const capacityBytesMin = 1024 * 1024;

/** A swarm's last use is written again when it is this old, so that serving does not cost a transaction each. */
export const lastUseGrainSeconds = 600;

/** Part of the disk kept free: a full disk takes LMDB down, deletions included. */
export const diskReserve = 0.05;

/** Part of the capacity that the store's file may be larger than it. */
export const fileExcess = 0.05;

/** Bytes of extents that may wait in one client for the writer: a second of writing to a slow disk. */
export const queuedBytesMax = 32 * 1024 * 1024;

/** Commits that may wait in one client, whatever their size. */
export const queuedCommitsMax = 4096;

/** Bytes of extents that one client sends at a time, and so the size of a transaction. */
export const transactionBytesMax = 8 * 1024 * 1024;

/** Threads with a read handle open at once, over all processes; LMDB keeps 128 bytes for each. */
export const readersMax = 256;

/** Swarms with rules of an operator's: a list of blocked swarms is the longest; each takes some 300 bytes of memory on three threads. */
export const swarmRulesMax = 65_536;

/** Labels and trackers with quotas: each is a group that the policy counts for. */
export const groupRulesMax = 1_024;

/** Jobs that are kept, those that wait, run and have ended: a week of nightly ones. */
export const jobsKeptMax = 512;

/** Part of the capacity that pinned swarms may take: the rest is what the cache judges about. */
export const pinnedShareMax = 0.5;

/** Findings of damage that are kept one by one; all are counted. About 100 bytes each, written with each new one. */
export const findingsKeptMax = 256;

/** Starts on a file that may be torn, after which no other follows: some damage is seen by nobody but LMDB, when it is too late. */
export const doubtedStartsMax = 3;

/** What LMDB has worked with for so long is no torn file, milliseconds: most of what is hot was read, and some of all trees written. */
export const settledAfterMillis = 600_000;

/** Pages of trees that are kept while one transaction looks at what it removes: 4 MiB. */
export const headPagesKeptMax = 1_024;

/** Bytes that the scrub reads at a time: about a tenth of a second, so that no snapshot is kept for long. */
export const scrubSliceBytes = 16 * 1024 * 1024;

/** Milliseconds that who serves subscribers waits for the disk: then they are better off with somebody else. */
export const readMillisMax = 2_000;

/** Reads of one thread that may be late at a time: each holds one of the platform's few threads until the disk answers. */
export const lateReadsMax = 4;

/** Milliseconds that the control thread waits for an answer from the store: so long an operator waits for a report. */
export const witnessMillisMax = 5_000;

/** Questions that wait for the one thread that looks into the store for the control thread: a report asks two. */
export const witnessQuestionsMax = 256;

/** Milliseconds until a writer that failed is started again, the first time; then twice as long each time. */
export const writerRestartMillisMin = 1_000;

/** The longest such time: a disk that is back is noticed within a minute. */
export const writerRestartMillisMax = 60_000;

/** Milliseconds that a commit may take until the disk counts as slow. */
export const commitMillisMax = 5_000;

invariant(transactionBytesMax <= queuedBytesMax, 'a transaction holds no more than may wait');
