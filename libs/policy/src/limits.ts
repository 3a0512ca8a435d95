/** Groups that a swarm counts for at most: itself, its tracker, its label, and one to spare. */
export const groupsPerSwarmMax = 4;

/** Swarms of a group that are looked at for the one that was not asked for the longest, so that the search has an end. */
export const groupSwarmsSampled = 8;

/** Bytes of a segment at most: what 32 bits count. */
export const segmentBytesMax = 0xffff_ffff;

/** Ghosts remembered at least, however few segments fit into the capacity. */
export const ghostsMin = 1024;
