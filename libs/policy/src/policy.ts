/**
 * What a policy tells the store that obeys it, synchronously, within the call that leads to it.
 */
export interface CacheListener {
  /** All of the segment leaves, from disk or from memory. Not told of what `remove` and `shrink` take: the caller knows. */
  evicted(swarm: number, segment: number): void;

  /** The segment was in memory and has to be on disk from now on: it was promoted or pinned, or grew out of the room in memory. */
  persist(swarm: number, segment: number): void;
}

/** Where inserted bytes go: to disk, to memory until the listener hears `persist`, or nowhere, and nothing has changed. */
export type Place = 'disk' | 'memory' | 'refused';

/** A segment that a store holds on disk. */
export interface HeldSegment {
  readonly swarm: number;
  readonly segment: number;
  /** Footprint on disk. */
  readonly bytes: number;
}

/**
 * What a cache keeps. A segment is a run of a swarm's content, counted, admitted and evicted as one; a swarm is named by
 * a whole number below 2^52, a segment by its number in the swarm, a whole number below 2^53. Bytes are footprints on disk,
 * whole numbers below 2^32 for a segment. Resident bytes never exceed the capacity, neither between calls nor when the
 * listener is told anything. A listener must not call the policy.
 */
export interface CachePolicy {
  /** Bytes of what is resident, on disk or in memory. */
  readonly residentBytes: number;
  /** Bytes of what is resident and in memory alone. */
  readonly memoryBytes: number;
  /** Bytes that pinned swarms hold, which nothing evicts. */
  readonly pinnedBytes: number;
  /** Bytes of memory that the policy itself takes: what it knows of segments, ghosts, swarms and its shadow caches. */
  readonly stateBytes: number;
  /** Resident segments. */
  readonly segments: number;
  /** Segments that left and are remembered. */
  readonly ghosts: number;
  /** Share of the capacity that segments get to prove themselves in; 0 for a policy without such a thing. */
  readonly probationShare: number;

  /**
   * A subscriber asked for (part of) a segment, resident or not; true if it is resident. Call it once for each pass of a
   * subscriber over a segment, before the segment is inserted. `by` is a hash of the subscriber's address, 32 bits; 0: unknown.
   */
  access(swarm: number, segment: number, by: number): boolean;

  /**
   * Verified bytes came in: the segment, new or grown, takes `bytes` in all from now on. Room is made first. A segment that
   * is in memory and grows stays there, if it fits; with 'disk' what was in memory has been named by `persist` before.
   */
  insert(swarm: number, segment: number, bytes: number): Place;

  /** Some of the segment was lost or erased: it takes `bytes` in all from now on; none: it is forgotten. */
  shrink(swarm: number, segment: number, bytes: number): void;

  /** The segment is not there any more. */
  remove(swarm: number, segment: number): void;

  /** Sets the capacity, and evicts down to it. What is pinned stays, were it more than the capacity. */
  resize(capacityBytes: number): void;

  /** Sets the quota of a group (a swarm, a tracker, a label), or lifts it. Over its quota a group's own oldest leave. */
  limit(group: number, bytes: number | undefined): void;

  /** Sets the groups that a swarm counts for, stored or not: at most `groupsPerSwarmMax` of them, the rest is ignored. */
  assign(swarm: number, groups: readonly number[]): void;

  /** Pins a swarm, stored or not, or unpins it. What is pinned is on disk and is not evicted; how much that may be, the caller bounds. */
  pin(swarm: number, pinned: boolean): void;

  /** What is resident and in memory alone, as [swarm, segment], oldest first: what a clean stop writes. Not to be changed meanwhile. */
  spillable(): Iterable<readonly [swarm: number, segment: number]>;

  /** What a policy has learnt, for `restore` after a restart: order, frequencies, ghosts, share. */
  save(): Uint8Array;

  /**
   * For a new policy: takes up what is on disk, oldest first as far as the caller knows, in the order that was saved. `saved` may be
   * anything: what makes no sense is ignored. The listener hears of segments for which there is no room.
   */
  restore(saved: Uint8Array | undefined, held: Iterable<HeldSegment>): void;
}
