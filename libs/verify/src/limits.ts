/** Chunks below which a task costs more than hashing here: a round trip takes 40 to 100 us, a chunk of 1 KiB 4 us. */
export const chunksPerTaskMin = 64;

/** Bytes that tasks may hold at once. Beyond it the caller hashes itself, which slows it to what the machine can do. */
export const taskBytesMax = 64 * 1024 * 1024;

/** Tasks under way at once, whatever their size: each holds a promise and a message. */
export const tasksMax = 256;
