import { Audience } from './audience';
import { oneQueue } from './frequency';
import { Ghosts } from './ghosts';
import type { Group } from './groups';
import { ghostsMin } from './limits';
import { Misses } from './misses';
import type { CacheListener, CachePolicy, HeldSegment, Place } from './policy';
import { Residence } from './residence';
import { orderOf, reorder } from './saved/order';
import { decodeState, encodeState } from './saved/state';
import { ShareTuner } from './shadow/share-tuner';
import { busyMark } from './stock';
import { Turns } from './turns';

/** What an operator or a store sets of the policy. */
export interface WeirPolicyOptions {
  /** Bytes that may be resident, on disk and in memory together. */
  readonly capacityBytes: number;
  /** Bytes that may be in memory alone, while they prove themselves; 0: everything is written. */
  readonly memoryCapacityBytes: number;
  readonly listener: CacheListener;
  /** Key of the hashes, 32 bits; random in an appliance, so that no one chooses collisions. */
  readonly seed: number;
  /** Share of the capacity that one swarm may hold of a full cache, unless it is pinned; 1: all of it. A quarter, if absent. */
  readonly swarmShareMax?: number;
  /** True: only a second subscriber's request proves a segment, not the first one's second. False, if absent. */
  readonly secondSubscriber?: boolean;
  /** Share of the capacity up to which everything is written at once. 0.9, if absent. */
  readonly writeAllShare?: number;
  /** Share of the capacity for probation, never tuned. Tuned, if absent. */
  readonly probationShare?: number;
}

/** Share of the capacity from which on it is known how many segments it holds. */
const watchedFrom = 0.1;

/**
 * S3-FIFO over segments (Yang et al., SOSP 2023), weighed by bytes. New segments go on probation, a queue; those that were asked
 * for again when their turn to leave comes go to main instead, another queue, in which they get a second chance for each
 * request. Those that were not leave a ghost, and go straight to main when they return. While a full cache's segments are on
 * probation they stay in memory, so that only what has proved itself is written. Ours are the tuned share of probation,
 * and that segments stay to which a subscriber is coming: see `ShareTuner` and `Turns`.
 */
export class WeirPolicy implements CachePolicy {
  private readonly residence: Residence;
  private readonly ghostList = new Ghosts(ghostsMin);
  private readonly misses = new Misses();
  private readonly audience = new Audience();
  private readonly tuner: ShareTuner;
  private readonly turns: Turns;
  private capacityBytes: number;

  constructor(private readonly options: WeirPolicyOptions) {
    const { seed, listener, capacityBytes, memoryCapacityBytes } = options;
    this.residence = new Residence(seed, listener);
    this.turns = new Turns(this.residence, this.ghostList, this.audience);
    const { fingerprints } = this.residence.stock;
    this.tuner = new ShareTuner(memoryCapacityBytes / capacityBytes, { fingerprints, audience: this.audience });
    this.capacityBytes = capacityBytes;
  }

  get residentBytes(): number {
    return this.residence.bytes;
  }

  get memoryBytes(): number {
    return this.residence.memoryBytes;
  }

  get pinnedBytes(): number {
    return this.residence.pinned.bytes;
  }

  get stateBytes(): number {
    const parts = [this.residence.stock, this.ghostList, this.misses, this.audience, this.tuner];
    return parts.reduce((sum, part) => sum + part.stateBytes, 0);
  }

  get segments(): number {
    return this.residence.stock.segments.count;
  }

  get ghosts(): number {
    return this.ghostList.count;
  }

  get probationShare(): number {
    return this.options.probationShare ?? this.tuner.share;
  }

  access(swarm: number, segment: number, by: number): boolean {
    const { fingerprints, segments, swarms } = this.residence.stock;
    const trail = fingerprints.trail(swarm);
    const print = fingerprints.of(trail, segment);
    this.audience.pass(trail, segment);
    this.tuner.access(print, trail, segment);
    const owner = swarms.find(swarm);
    if (owner !== 0) swarms.used(owner, this.audience.clock);
    const row = owner === 0 ? 0 : segments.find(owner, segment, print);
    if (row === 0) this.misses.note(print, by);
    else if (segments.unasked(row)) this.askedFirst(row, print, by);
    else if (this.proves(row, by)) this.turns.asked(row, this.probationShare);
    return row !== 0;
  }

  insert(swarm: number, segment: number, bytes: number): Place {
    const { fingerprints, swarms, segments } = this.residence.stock;
    const owner = swarms.take(swarm);
    const print = fingerprints.of(swarms.trail(owner), segment);
    const row = segments.find(owner, segment, print);
    // Its last segment may leave while room is made.
    swarms.marks[owner] = (swarms.marks[owner] ?? 0) | busyMark;
    const place = row === 0 ? this.admit(owner, segment, print, bytes) : this.grow(row, bytes);
    swarms.marks[owner] = (swarms.marks[owner] ?? 0) & ~busyMark;
    swarms.release(owner);
    return place;
  }

  shrink(swarm: number, segment: number, bytes: number): void {
    const { residence } = this;
    const row = residence.stock.find(swarm, segment);
    if (row === 0) return;
    if (bytes === 0) residence.drop(row);
    else if (bytes < (residence.stock.segments.bytes[row] ?? 0)) residence.weigh(row, bytes);
  }

  remove(swarm: number, segment: number): void {
    this.shrink(swarm, segment, 0);
  }

  resize(capacityBytes: number): void {
    this.capacityBytes = capacityBytes;
    this.makeRoom(0);
  }

  limit(group: number, bytes: number | undefined): void {
    const { groups } = this.residence;
    groups.limit(group, bytes);
    this.makeRoomIn(groups.find(group), 0);
  }

  assign(swarm: number, groups: readonly number[]): void {
    const { stock, groups: all } = this.residence;
    const owner = stock.swarms.take(swarm);
    all.assign(owner, groups);
    for (const group of all.of(owner)) this.makeRoomIn(group, 0);
    stock.swarms.release(owner);
  }

  pin(swarm: number, pinned: boolean): void {
    const { swarms } = this.residence.stock;
    const owner = swarms.take(swarm);
    this.residence.pin(owner, pinned);
    swarms.release(owner);
    if (pinned) return;
    this.makeRoom(0);
    for (const group of this.residence.groups.of(owner)) this.makeRoomIn(group, 0);
  }

  spillable(): Iterable<readonly [swarm: number, segment: number]> {
    return this.residence.spillable();
  }

  save(): Uint8Array {
    return encodeState({
      seed: this.residence.stock.fingerprints.seed,
      probationShare: this.tuner.share,
      odds: this.audience.odds.save(),
      ghosts: this.ghostList.oldestFirst(),
      ...orderOf(this.residence),
    });
  }

  restore(saved: Uint8Array | undefined, held: Iterable<HeldSegment>): void {
    const state = saved && decodeState(saved);
    const { stock } = this.residence;
    if (state !== undefined) stock.rekey(state.seed);
    for (const each of held) this.residence.takeUp(each);
    if (state !== undefined) {
      this.tuner.restore(state.probationShare);
      this.audience.odds.restore(state.odds);
      this.ghostList.fit(Math.max(ghostsMin, state.ghosts.length));
      for (const ghost of state.ghosts) this.ghostList.put(ghost || 1);
      reorder(this.residence, state, (swarm, segment) =>
        this.ghostList.put(stock.fingerprints.ofSwarm(swarm, segment)),
      );
    }
    this.makeRoom(0);
    for (const group of this.residence.groups.all()) this.makeRoomIn(group, 0);
  }

  /** The first request for what was fetched ahead is what brings others in: it proves nothing, unless there is a ghost. */
  private askedFirst(row: number, print: number, by: number): void {
    const { segments } = this.residence.stock;
    segments.setUnasked(row, false);
    this.noteFirst(row, by);
    if (this.ghostList.take(print)) this.turns.asked(row, this.probationShare);
  }

  private noteFirst(row: number, by: number): void {
    if (this.options.secondSubscriber === true) this.residence.stock.segments.setFirstBy(row, by);
  }

  private proves(row: number, by: number): boolean {
    return this.options.secondSubscriber !== true || by === 0 || this.residence.stock.segments.byAnother(row, by);
  }

  private admit(owner: number, segment: number, print: number, bytes: number): Place {
    if (!this.fits(owner, bytes)) return 'refused';
    this.makeRoomFor(owner, bytes);
    const { residence } = this;
    const { segments } = residence.stock;
    const by = this.misses.subscriber(print);
    const known = (by !== undefined && this.ghostList.take(print)) || oneQueue(this.probationShare);
    const queue = residence.firstQueue(owner, known);
    const row = residence.add(owner, segment, print);
    queue.push(row);
    segments.setInMemory(row, queue === residence.probation && this.inMemoryFirst(bytes));
    this.noteFirst(row, by ?? 0);
    segments.setUnasked(row, by === undefined);
    residence.weigh(row, bytes);
    this.watchShares();
    return residence.placeOf(row);
  }

  private grow(row: number, bytes: number): Place {
    const { residence, turns } = this;
    const { segments } = residence.stock;
    const owner = segments.swarm[row] ?? 0;
    const more = bytes - (segments.bytes[row] ?? 0);
    if (more > 0) {
      if (!this.fits(owner, residence.isPinned(owner) ? more : bytes)) return 'refused';
      turns.kept = row;
      this.makeRoomFor(owner, more);
      turns.kept = 0;
    }
    residence.weigh(row, bytes);
    // What grew too large for the memory goes to disk, still on probation.
    if (residence.memoryBytes > this.options.memoryCapacityBytes) residence.persist(row);
    return residence.placeOf(row);
  }

  /** True if the store is full enough that what comes on probation is not written, and there is room in memory. */
  private inMemoryFirst(bytes: number): boolean {
    const { memoryCapacityBytes, writeAllShare = 0.9 } = this.options;
    const full = this.residence.bytes + bytes > writeAllShare * this.capacityBytes;
    return full && this.residence.memoryBytes + bytes <= memoryCapacityBytes;
  }

  /** True if there is room for `bytes` beside all that is pinned. */
  private fits(owner: number, bytes: number): boolean {
    const { pinned, groups } = this.residence;
    return (
      pinned.bytes + bytes <= this.capacityBytes &&
      groups.of(owner).every((group) => group.pinnedBytes + bytes <= group.limitBytes)
    );
  }

  private makeRoomFor(owner: number, bytes: number): void {
    const { residence, capacityBytes } = this;
    const { swarmShareMax = 0.25 } = this.options;
    for (const group of residence.groups.of(owner)) this.makeRoomIn(group, bytes);
    const swarmBytesMax = swarmShareMax < 1 && !residence.isPinned(owner) ? swarmShareMax * capacityBytes : Infinity;
    const swarmBytes = residence.stock.swarms.bytes;
    // A swarm may have more than its share of a store that nobody else fills.
    while (residence.bytes + bytes > capacityBytes && (swarmBytes[owner] ?? 0) + bytes > swarmBytesMax) {
      if (!this.turns.evictOwn(owner)) break;
    }
    this.makeRoom(bytes);
  }

  private makeRoomIn(group: Group | undefined, bytes: number): void {
    if (group === undefined) return;
    // Who has nothing to give but the segment that stays: one swarm at most.
    let spent = 0;
    while (group.bytes + bytes > group.limitBytes) {
      const owner = this.residence.groups.idlest(group, spent);
      if (owner === 0) return;
      if (!this.turns.evictOwn(owner)) spent = owner;
    }
  }

  private makeRoom(bytes: number): void {
    const { residence, turns, misses } = this;
    if (residence.bytes + bytes <= this.capacityBytes) return;
    misses.fit(this.segments);
    this.audience.fit(this.segments);
    turns.makeRoom(bytes, this.capacityBytes, this.probationShare);
  }

  /** Has the shares compared, early enough that something is known when the cache is full. */
  private watchShares(): void {
    const { bytes } = this.residence;
    if (this.options.probationShare !== undefined || bytes < watchedFrom * this.capacityBytes) return;
    this.tuner.fit((this.segments * this.capacityBytes) / bytes);
  }
}
