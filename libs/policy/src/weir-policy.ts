import { Ghosts } from './ghosts';
import type { Group } from './groups';
import { ghostsMin } from './limits';
import { at } from './numbers';
import type { CacheListener, CachePolicy, HeldSegment, Place } from './policy';
import type { Queue } from './queue';
import { Residence } from './residence';
import { busyMark } from './stock';

/** What an operator or a store sets of the policy. */
export interface WeirPolicyOptions {
  /** Bytes that may be resident, on disk and in memory together. */
  readonly capacityBytes: number;
  /** Bytes that may be in memory alone, while they prove themselves; 0: everything is written. */
  readonly memoryCapacityBytes: number;
  readonly listener: CacheListener;
  /** Key of the hashes, 32 bits; random in an appliance, so that no one chooses collisions. */
  readonly seed: number;
  /** Share of the capacity that one swarm may hold, unless it is pinned. A quarter, if absent. */
  readonly swarmShareMax?: number;
  /** True: only a second subscriber's request proves a segment, not the first one's second. False, if absent. */
  readonly secondSubscriber?: boolean;
  /** Share of the capacity up to which everything is written at once. 0.9, if absent. */
  readonly writeAllShare?: number;
  /** Share of the capacity for probation, never tuned. Tuned, if absent. */
  readonly probationShare?: number;
}

/** How often a segment was asked for again, as far as it counts. */
const frequencyMax = 3;

/**
 * S3-FIFO over segments (Yang et al., SOSP 2023), weighed by bytes. New segments go on probation, a queue; those that were asked
 * for again when their turn to leave comes go to main instead, another queue, in which they get a second chance for each
 * request. Those that were not leave a ghost, and go straight to main when they return. While a full cache's segments are on
 * probation they stay in memory, so that only what has proved itself is written.
 */
export class WeirPolicy implements CachePolicy {
  probationShare: number;
  private readonly residence: Residence;
  private readonly ghostList: Ghosts;
  private capacityBytes: number;
  private clock = 0;
  /** The segment that room is made for: it stays. */
  private kept = 0;
  /** What is inserted is on disk. */
  private restoring = false;

  constructor(private readonly options: WeirPolicyOptions) {
    this.residence = new Residence(options.seed, options.listener);
    this.capacityBytes = options.capacityBytes;
    this.probationShare = options.probationShare ?? 0.1;
    this.ghostList = new Ghosts(ghostsMin * 64, options.seed);
  }

  get residentBytes(): number {
    return this.residence.bytes;
  }

  get memoryBytes(): number {
    return this.residence.nursery.bytes;
  }

  get pinnedBytes(): number {
    return this.residence.pinned.bytes;
  }

  get stateBytes(): number {
    return this.residence.stock.stateBytes + this.ghostList.stateBytes;
  }

  get segments(): number {
    return this.residence.stock.segments.count;
  }

  get ghosts(): number {
    return this.ghostList.count;
  }

  access(swarm: number, segment: number, by: number): boolean {
    const { segments, swarms } = this.residence.stock;
    const owner = swarms.find(swarm);
    if (owner === 0) return false;
    swarms.lastUse[owner] = ++this.clock;
    const row = segments.find(owner, segment);
    if (row === 0) return false;
    if (this.proves(row, by)) segments.setFrequency(row, Math.min(frequencyMax, segments.frequency(row) + 1));
    return true;
  }

  insert(swarm: number, segment: number, bytes: number): Place {
    const { swarms, segments } = this.residence.stock;
    const owner = swarms.take(swarm);
    const row = segments.find(owner, segment);
    // Its last segment may leave while room is made.
    swarms.marks[owner] = at(swarms.marks, owner) | busyMark;
    const place = row === 0 ? this.admit(owner, segment, bytes) : this.grow(row, bytes);
    swarms.marks[owner] = at(swarms.marks, owner) & ~busyMark;
    swarms.release(owner);
    return place;
  }

  shrink(swarm: number, segment: number, bytes: number): void {
    const row = this.residence.stock.find(swarm, segment);
    if (row === 0) return;
    if (bytes === 0) this.residence.drop(row);
    else if (bytes < at(this.residence.stock.segments.bytes, row)) this.residence.weigh(row, bytes);
  }

  remove(swarm: number, segment: number): void {
    this.shrink(swarm, segment, 0);
  }

  resize(capacityBytes: number): void {
    this.capacityBytes = capacityBytes;
    this.makeRoom(0);
  }

  limit(group: number, bytes: number | undefined): void {
    this.residence.groups.limit(group, bytes);
    for (const each of this.residence.groups.all()) this.makeRoomIn(each, 0);
  }

  assign(swarm: number, groups: readonly number[]): void {
    const owner = this.residence.stock.swarms.take(swarm);
    this.residence.groups.assign(owner, groups);
    for (const group of this.residence.groups.of(owner)) this.makeRoomIn(group, 0);
    this.residence.stock.swarms.release(owner);
  }

  pin(swarm: number, pinned: boolean): void {
    const { swarms } = this.residence.stock;
    const owner = swarms.take(swarm);
    this.residence.pin(owner, pinned);
    swarms.release(owner);
  }

  *spillable(): Iterable<readonly [swarm: number, segment: number]> {
    const { nursery, stock } = this.residence;
    for (let row = nursery.oldest; row !== 0; row = nursery.after(row)) {
      yield [stock.swarmKey(row), stock.segments.segment(row)];
    }
  }

  save(): Uint8Array {
    return new Uint8Array();
  }

  restore(_saved: Uint8Array | undefined, held: Iterable<HeldSegment>): void {
    this.restoring = true;
    for (const { swarm, segment, bytes } of held) {
      if (this.insert(swarm, segment, bytes) === 'refused') this.options.listener.evicted(swarm, segment);
    }
    this.restoring = false;
  }

  private proves(row: number, by: number): boolean {
    if (this.options.secondSubscriber !== true || by === 0) return true;
    const { firstBy } = this.residence.stock.segments;
    if (at(firstBy, row) === 0) firstBy[row] = by;
    return at(firstBy, row) !== by;
  }

  private admit(owner: number, segment: number, bytes: number): Place {
    if (!this.fits(owner, bytes, bytes)) return 'refused';
    this.makeRoomFor(owner, bytes);
    const queue = this.firstQueue(owner, segment, bytes);
    const row = this.residence.add(owner, segment, queue);
    this.residence.weigh(row, bytes);
    this.confineNursery();
    return this.residence.placeOf(row);
  }

  private grow(row: number, bytes: number): Place {
    const { segments } = this.residence.stock;
    const more = bytes - at(segments.bytes, row);
    if (more <= 0) {
      this.residence.weigh(row, bytes);
      return this.residence.placeOf(row);
    }
    const owner = at(segments.swarm, row);
    if (!this.fits(owner, more, this.residence.isPinned(owner) ? more : bytes)) return 'refused';
    this.kept = row;
    this.makeRoomFor(owner, more);
    this.kept = 0;
    this.residence.weigh(row, bytes);
    this.confineNursery();
    return this.residence.placeOf(row);
  }

  private firstQueue(owner: number, segment: number, bytes: number): Queue {
    if (this.residence.isPinned(owner)) return this.residence.pinned;
    if (this.ghostList.take(this.residence.stock.swarms.key(owner), segment)) return this.residence.main;
    const { memoryCapacityBytes, writeAllShare = 0.9 } = this.options;
    const full = !this.restoring && this.residence.bytes + bytes > writeAllShare * this.capacityBytes;
    return full && bytes <= memoryCapacityBytes ? this.residence.nursery : this.residence.probation;
  }

  /** True if room for `more` bytes can be made, `unmoved` of which nothing else could make room for. */
  private fits(owner: number, more: number, unmoved: number): boolean {
    if (this.residence.pinned.bytes + unmoved > this.capacityBytes) return false;
    for (const group of this.residence.groups.of(owner)) {
      if (group.pinnedBytes + unmoved > group.limitBytes) return false;
    }
    return more >= 0;
  }

  private makeRoomFor(owner: number, bytes: number): void {
    const { swarms } = this.residence.stock;
    const { swarmShareMax = 0.25 } = this.options;
    const capped = swarmShareMax < 1 && !this.residence.isPinned(owner);
    while (capped && at(swarms.bytes, owner) + bytes > swarmShareMax * this.capacityBytes) {
      if (!this.evictOwn(owner)) break;
    }
    for (const group of this.residence.groups.of(owner)) this.makeRoomIn(group, bytes);
    this.makeRoom(bytes);
  }

  private makeRoomIn(group: Group, bytes: number): void {
    while (group.bytes + bytes > group.limitBytes) {
      const owner = this.residence.groups.idlest(group);
      if (owner === 0 || !this.evictOwn(owner)) return;
    }
  }

  private makeRoom(bytes: number): void {
    while (this.residence.bytes + bytes > this.capacityBytes) {
      if (!this.stepOut()) return;
    }
  }

  /** The swarm's oldest segment leaves, without a second chance; false if it has none but the one that stays. */
  private evictOwn(owner: number): boolean {
    const { swarms, segments } = this.residence.stock;
    const oldest = at(swarms.oldest, owner);
    const row = oldest === this.kept ? at(segments.swarmNewer, oldest) : oldest;
    if (row === 0) return false;
    this.residence.evict(row);
    return true;
  }

  /** The next in turn leaves, or moves on to where it leaves later; false if there is none. */
  private stepOut(): boolean {
    const young = this.oldestOf(this.residence.probation) || this.oldestOf(this.residence.nursery);
    const old = this.oldestOf(this.residence.main);
    if (young === 0 && old === 0) return false;
    const probationBytes = this.residence.probationBytes;
    const crowded = probationBytes > this.probationShare * this.capacityBytes;
    if (young !== 0 && (crowded || old === 0)) this.leaveProbation(young);
    else this.leaveMain(old);
    return true;
  }

  private leaveProbation(row: number): void {
    const { residence } = this;
    const { segments } = residence.stock;
    if (segments.frequency(row) === 0) {
      this.ghostList.add(this.residence.stock.swarmKey(row), segments.segment(row));
      this.residence.evict(row);
      return;
    }
    segments.setFrequency(row, 0);
    residence.move(row, residence.main);
  }

  private leaveMain(row: number): void {
    const { segments } = this.residence.stock;
    const frequency = segments.frequency(row);
    if (frequency === 0) {
      this.residence.evict(row);
      return;
    }
    segments.setFrequency(row, frequency - 1);
    this.residence.main.renew(row);
  }

  /** What is too much in memory goes to disk, still on probation. */
  private confineNursery(): void {
    const { residence } = this;
    while (residence.nursery.bytes > this.options.memoryCapacityBytes) {
      residence.move(residence.nursery.oldest, residence.probation);
    }
  }

  /** The segment of a queue whose turn it is, but for the one that stays. */
  private oldestOf(queue: Queue): number {
    if (queue.oldest === this.kept && this.kept !== 0) queue.renew(this.kept);
    return queue.oldest === this.kept ? 0 : queue.oldest;
  }
}
