import { at, hash } from '../numbers';
import { Queue } from '../queue';
import { FrequencySketch } from './frequency-sketch';
import { Rival, type RivalOptions } from './rival';

/** Share of the capacity for the window, and of the rest for what was asked for again: as published. */
const windowShare = 0.01;
const protectedShare = 0.8;
const thingsMin = 1024;
const thingsMax = 2 ** 26;

/**
 * W-TinyLFU (Einziger, Friedman, Manes, 2017), weighed by bytes: a small LRU window, from which a segment comes into the main
 * cache, a segmented LRU, if it was asked for more often of late than the one that would leave for it.
 */
export class TinyLfuPolicy extends Rival {
  private readonly window: Queue;
  private readonly probation: Queue;
  private readonly kept: Queue;
  private readonly queues: readonly Queue[];
  private sketch: FrequencySketch | undefined;

  constructor(options: RivalOptions) {
    super(options);
    const { segments } = this.stock;
    this.window = new Queue(0, segments);
    this.probation = new Queue(1, segments);
    this.kept = new Queue(2, segments);
    this.queues = [this.window, this.probation, this.kept];
  }

  override get stateBytes(): number {
    return super.stateBytes + (this.sketch?.stateBytes ?? 0);
  }

  override access(swarm: number, segment: number): boolean {
    this.sketch?.add(this.hashOf(swarm, segment));
    return super.access(swarm, segment);
  }

  protected touched(row: number): void {
    const queue = this.queueOf(row);
    if (queue !== this.probation) {
      queue.renew(row);
      return;
    }
    this.move(row, this.kept);
    const most = protectedShare * (this.capacityBytes - this.windowBytes());
    while (this.kept.bytes > most && this.kept.oldest !== row) this.move(this.kept.oldest, this.probation);
  }

  protected admit(swarm: number, segment: number, bytes: number): boolean {
    this.sketch ??= new FrequencySketch(Math.min(thingsMax, Math.max(thingsMin, this.capacityBytes / bytes)));
    if (bytes > this.windowBytes()) {
      if (!this.makeRoomFor(bytes, this.countOf(swarm, segment))) return false;
      this.probation.push(this.add(swarm, segment, bytes));
      return true;
    }
    while (this.window.bytes + bytes > this.windowBytes()) this.leaveWindow(bytes);
    this.makeRoom(bytes);
    this.window.push(this.add(swarm, segment, bytes));
    return true;
  }

  protected makeRoom(bytes: number): void {
    while (this.segments > 0 && this.residentBytes + bytes > this.capacityBytes) {
      this.evict(this.probation.oldest || this.kept.oldest || this.window.oldest);
    }
  }

  protected unlink(row: number): void {
    this.queueOf(row).remove(row);
  }

  protected override weigh(row: number, bytes: number): void {
    this.queueOf(row).bytes += bytes - at(this.stock.segments.bytes, row);
    super.weigh(row, bytes);
  }

  /** The window's oldest comes into main, or leaves for good. */
  private leaveWindow(bytes: number): void {
    const candidate = this.window.oldest;
    const count = this.countOf(this.stock.swarmKey(candidate), this.stock.segments.segment(candidate));
    if (this.makeRoomFor(bytes, count)) this.move(candidate, this.probation);
    else this.evict(candidate);
  }

  /** Evicts from main, as long as what leaves was asked for less often than `count`; false if that is not enough. */
  private makeRoomFor(bytes: number, count: number): boolean {
    while (this.residentBytes + bytes > this.capacityBytes) {
      const victim = this.probation.oldest || this.kept.oldest;
      if (victim === 0) return false;
      if (this.countOf(this.stock.swarmKey(victim), this.stock.segments.segment(victim)) >= count) return false;
      this.evict(victim);
    }
    return true;
  }

  private countOf(swarm: number, segment: number): number {
    return this.sketch?.count(this.hashOf(swarm, segment)) ?? 0;
  }

  private hashOf(swarm: number, segment: number): number {
    return hash(segment, swarm, this.options.seed);
  }

  private windowBytes(): number {
    return windowShare * this.capacityBytes;
  }

  private move(row: number, queue: Queue): void {
    this.queueOf(row).remove(row);
    queue.push(row);
  }

  private queueOf(row: number): Queue {
    return this.queues[this.stock.segments.queue(row)] ?? this.window;
  }
}
