import { Queue } from '../queue';
import { Rival, type RivalOptions } from './rival';

/** Least recently used leaves first. */
export class LruPolicy extends Rival {
  private readonly order: Queue;

  constructor(options: RivalOptions) {
    super(options);
    this.order = new Queue(0, this.stock.segments);
  }

  protected touched(row: number): void {
    this.order.renew(row);
  }

  protected admit(swarm: number, segment: number, bytes: number): boolean {
    this.makeRoom(bytes);
    this.order.push(this.add(swarm, segment, bytes));
    return true;
  }

  protected makeRoom(bytes: number): void {
    while (this.order.oldest !== 0 && this.residentBytes + bytes > this.capacityBytes) this.evict(this.order.oldest);
  }

  protected unlink(row: number): void {
    this.order.remove(row);
  }

  protected override weigh(row: number, bytes: number): void {
    this.order.bytes += bytes - (this.stock.segments.bytes[row] ?? 0);
    super.weigh(row, bytes);
  }
}
