/** Groups that a swarm counts for at most: itself, its tracker, its label, and one to spare. */
export const groupsPerSwarmMax = 4;

/** Swarms of a group that are looked at for the one that was not asked for the longest, so that the search has an end. */
export const groupSwarmsSampled = 8;

/** Bytes of a segment at most: what 32 bits count. */
export const segmentBytesMax = 0xffff_ffff;

/** Ghosts remembered for each resident segment: more make main a place for whatever was asked for twice, ever. */
export const ghostsPerSegment = 0.5;

/** Ghosts remembered at least, however few segments fit into the capacity. */
export const ghostsMin = 64;

/** Misses remembered until their segment is inserted, for each resident segment. */
export const missesPerSegment = 0.0625;
/** Misses remembered at most: far more than there can be fetches at a time. */
export const missesMax = 16_384;

/** Places where subscribers were of late that are remembered, for each resident segment: the oldest gives way. */
export const placesPerSegment = 0.4;

/** Segments that one call lets stay because somebody is coming to them: a call has an end. */
export const reprievesPerCallMax = 16;

/** Segments that one call moves from probation to main, where probation is given up: each may have to be written. */
export const joinsPerCallMax = 2;

/** Segments of each of the five shadow caches at most: one in 64 of 67 million. */
export const shadowSegmentsMax = 1_048_576;

/** Segments of a shadow cache at least, where all shares are tried: what fewer would show of them is chance. */
export const shadowSegmentsMin = 28;

/** Segments of a shadow cache at least, where LRU and one other share are tried: these differ by more. */
export const smallShadowSegmentsMin = 8;
