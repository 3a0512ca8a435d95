import { Groups } from './groups';
import { at } from './numbers';
import type { CacheListener, Place } from './policy';
import { Queue } from './queue';
import { pinnedMark, Stock } from './stock';

/** Who is resident and in which queue, counted in step: for the cache, each queue, swarm and group. It decides nothing. */
export class Residence {
  readonly stock: Stock;
  readonly groups: Groups;
  /** On probation and on disk: older than what is in memory. */
  readonly probation: Queue;
  /** On probation and in memory. */
  readonly nursery: Queue;
  readonly main: Queue;
  readonly pinned: Queue;
  private readonly queues: readonly Queue[];

  constructor(
    seed: number,
    private readonly listener: CacheListener,
  ) {
    this.stock = new Stock(seed);
    const { segments } = this.stock;
    this.probation = new Queue(0, segments);
    this.nursery = new Queue(1, segments);
    this.main = new Queue(2, segments);
    this.pinned = new Queue(3, segments);
    this.queues = [this.probation, this.nursery, this.main, this.pinned];
    this.groups = new Groups(this.stock);
  }

  get bytes(): number {
    return this.stock.residentBytes;
  }

  /** Bytes on probation, wherever they are. */
  get probationBytes(): number {
    return this.probation.bytes + this.nursery.bytes;
  }

  isPinned(owner: number): boolean {
    return (at(this.stock.swarms.marks, owner) & pinnedMark) !== 0;
  }

  queueOf(row: number): Queue {
    return this.queues[this.stock.segments.queue(row)] ?? this.probation;
  }

  placeOf(row: number): Place {
    return this.queueOf(row) === this.nursery ? 'memory' : 'disk';
  }

  /** Takes a new segment up. */
  add(owner: number, segment: number, queue: Queue): number {
    const row = this.stock.add(owner, segment);
    queue.push(row);
    return row;
  }

  /** Counts a segment's bytes anew. */
  weigh(row: number, bytes: number): void {
    const change = bytes - at(this.stock.segments.bytes, row);
    this.queueOf(row).bytes += change;
    this.groups.count(at(this.stock.segments.swarm, row), change);
    this.stock.weigh(row, bytes);
  }

  /** Moves a segment to another queue, and to disk if it was in memory. */
  move(row: number, queue: Queue): void {
    const from = this.queueOf(row);
    if (from === this.nursery) this.listener.persist(this.stock.swarmKey(row), this.stock.segments.segment(row));
    from.remove(row);
    queue.push(row);
  }

  /** Forgets a segment. */
  drop(row: number): void {
    this.weigh(row, 0);
    this.queueOf(row).remove(row);
    this.stock.drop(row);
  }

  /** Forgets a segment, and says so. */
  evict(row: number): void {
    const swarm = this.stock.swarmKey(row);
    const segment = this.stock.segments.segment(row);
    this.drop(row);
    this.listener.evicted(swarm, segment);
  }

  /** Pins a swarm, or unpins it; what was pinned starts anew in main. */
  pin(owner: number, pinned: boolean): void {
    if (this.isPinned(owner) === pinned) return;
    const { swarms, segments } = this.stock;
    this.groups.pin(owner, pinned);
    swarms.marks[owner] = at(swarms.marks, owner) ^ pinnedMark;
    for (let row = at(swarms.oldest, owner); row !== 0; row = at(segments.swarmNewer, row)) {
      this.move(row, pinned ? this.pinned : this.main);
    }
  }
}
