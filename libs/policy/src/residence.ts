import { Groups } from './groups';
import type { CacheListener, HeldSegment, Place } from './policy';
import { Queue } from './queue';
import { pinnedMark, Stock } from './stock';

/** Who is resident and in which queue, counted in step: for the cache, each queue, swarm and group. It decides nothing. */
export class Residence {
  readonly stock: Stock;
  readonly groups: Groups;
  readonly probation: Queue;
  readonly main: Queue;
  readonly pinned: Queue;
  /** Bytes of what is in memory, all of it on probation. */
  memoryBytes = 0;
  private readonly queues: readonly Queue[];

  constructor(
    seed: number,
    private readonly listener: CacheListener,
  ) {
    this.stock = new Stock(seed);
    const { segments } = this.stock;
    this.probation = new Queue(0, segments);
    this.main = new Queue(1, segments);
    // Number 3 is left for the rings of live channels, whose segments leave by their number and not by their use.
    this.pinned = new Queue(2, segments);
    this.queues = [this.probation, this.main, this.pinned];
    this.groups = new Groups(this.stock);
  }

  get bytes(): number {
    return this.stock.residentBytes;
  }

  isPinned(owner: number): boolean {
    return ((this.stock.swarms.marks[owner] ?? 0) & pinnedMark) !== 0;
  }

  queueOf(row: number): Queue {
    return this.queues[this.stock.segments.queue(row)] ?? this.probation;
  }

  /** Queue that a swarm's new segment comes into: main, if it is known to be worth it. */
  firstQueue(owner: number, known: boolean): Queue {
    if (this.isPinned(owner)) return this.pinned;
    return known ? this.main : this.probation;
  }

  placeOf(row: number): Place {
    return this.stock.segments.inMemory(row) ? 'memory' : 'disk';
  }

  /** What is in memory, as [swarm, segment], oldest first. */
  *spillable(): Iterable<readonly [swarm: number, segment: number]> {
    const { probation, stock } = this;
    for (let row = probation.oldest; row !== 0; row = probation.after(row)) {
      if (stock.segments.inMemory(row)) yield [stock.swarmKey(row), stock.segments.segment(row)];
    }
  }

  /** Takes a new segment up, which is in no queue yet. `print` is its fingerprint. */
  add(owner: number, segment: number, print: number): number {
    const row = this.stock.add(owner, segment, print);
    return row;
  }

  /** Takes a segment up that is on disk already, as the newest on probation. */
  takeUp({ swarm, segment, bytes }: HeldSegment): void {
    const owner = this.stock.swarms.take(swarm);
    const print = this.stock.fingerprints.ofSwarm(swarm, segment);
    const known = this.stock.segments.find(owner, segment, print);
    const row = known !== 0 ? known : this.add(owner, segment, print);
    if (known === 0) this.firstQueue(owner, false).push(row);
    this.weigh(row, bytes);
  }

  /** Counts a segment's bytes anew. */
  weigh(row: number, bytes: number): void {
    const change = bytes - (this.stock.segments.bytes[row] ?? 0);
    this.queueOf(row).bytes += change;
    if (this.stock.segments.inMemory(row)) this.memoryBytes += change;
    this.groups.count(this.stock.segments.swarm[row] ?? 0, change);
    this.stock.weigh(row, bytes);
  }

  /** Makes a segment the newest of a queue. It is on disk from now on. */
  move(row: number, queue: Queue): void {
    this.persist(row);
    this.queueOf(row).remove(row);
    queue.push(row);
  }

  /** Moves a segment to disk, if it was in memory. */
  persist(row: number): void {
    const { segments } = this.stock;
    if (!segments.inMemory(row)) return;
    segments.setInMemory(row, false);
    this.memoryBytes -= segments.bytes[row] ?? 0;
    this.listener.persist(this.stock.swarmKey(row), segments.segment(row));
  }

  /** Forgets a segment. */
  drop(row: number): void {
    const { segments } = this.stock;
    const bytes = segments.bytes[row] ?? 0;
    this.queueOf(row).remove(row);
    if (segments.inMemory(row)) this.memoryBytes -= bytes;
    this.groups.count(segments.swarm[row] ?? 0, -bytes);
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
    const { swarms } = this.stock;
    this.groups.pin(owner, pinned);
    swarms.marks[owner] = (swarms.marks[owner] ?? 0) ^ pinnedMark;
    for (let row = this.stock.oldestOf(owner); row !== 0; row = this.stock.after(row)) {
      this.move(row, pinned ? this.pinned : this.main);
    }
  }
}
