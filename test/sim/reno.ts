import type { DatagramPort } from '@weir/datagram';
import type { Address } from '@weir/ppspp';
import type { World } from './world';

const segmentBytes = 1_448;
const ackBytes = 40;
const timeout = 1e6;
/** Later segments that arrived, after which one counts as lost. RFC 5681 section 3.2. */
const overtakenBy = 3;

interface Segment {
  readonly sentAt: number;
}

/**
 * A loss-based flow, as others send beside ours: TCP Reno's window over numbered segments, each acknowledged by its
 * number. What is lost is not sent again: the flow has no content, only a rate. RFC 5681.
 */
export class RenoFlow {
  /** Bytes that arrived. */
  arrivedBytes = 0;
  windowSegments = 2;
  private threshold = Number.POSITIVE_INFINITY;
  private readonly flight = new Map<number, Segment>();
  private next = 0;
  /** Losses of what was sent before this number are part of the last one. */
  private recoverUntil = 0;
  private running = false;

  private constructor(
    private readonly world: World,
    private readonly sender: DatagramPort,
    private readonly to: Address,
  ) {}

  static async between(world: World, from: Address, to: Address): Promise<RenoFlow> {
    const [sender, receiver] = [world.network.attach(from), world.network.attach(to)];
    const flow = new RenoFlow(world, sender, to);
    await receiver.open(
      (batch) => {
        for (const { from: back, bytes } of batch) {
          flow.arrivedBytes += bytes.length;
          receiver.send([{ to: back, bytes: bytes.slice(0, ackBytes) }]);
        }
      },
      () => undefined,
    );
    await sender.open(
      (batch) => {
        for (const { bytes } of batch) flow.acknowledged(new DataView(bytes.buffer, bytes.byteOffset).getUint32(0));
        flow.pump();
      },
      () => undefined,
    );
    return flow;
  }

  start(): void {
    this.running = true;
    this.pump();
    this.watch();
  }

  stop(): void {
    this.running = false;
  }

  private acknowledged(number: number): void {
    if (!this.flight.delete(number)) return;
    const isSlow = this.windowSegments < this.threshold;
    this.windowSegments += isSlow ? 1 : 1 / this.windowSegments;
    for (const other of this.flight.keys()) {
      if (other > number - overtakenBy) break;
      this.flight.delete(other);
      if (other < this.recoverUntil) continue;
      this.recoverUntil = this.next;
      this.threshold = Math.max(2, this.windowSegments / 2);
      this.windowSegments = this.threshold;
    }
  }

  private pump(): void {
    while (this.running && this.flight.size < Math.floor(this.windowSegments)) {
      const bytes = new Uint8Array(segmentBytes);
      new DataView(bytes.buffer).setUint32(0, this.next);
      this.flight.set(this.next++, { sentAt: this.world.now });
      this.sender.send([{ to: this.to, bytes }]);
    }
  }

  /** The retransmission timeout, looked at now and then. RFC 5681 section 3.1. */
  private watch(): void {
    if (!this.running) return;
    const [oldest] = this.flight.values();
    if (oldest !== undefined && this.world.now - oldest.sentAt > timeout) {
      this.flight.clear();
      this.threshold = Math.max(2, this.windowSegments / 2);
      this.windowSegments = 1;
      this.pump();
    }
    this.world.after(timeout / 10, () => this.watch());
  }
}
