import { limits, type Micros } from '../limits';
import type { Delivery } from '../swarm/throughput';

/** Divides what a source delivers into measurements. */
export class DeliveryMeter {
  private told: Delivery = { bytes: 0, awaited: 0 };

  /** `toldAt` is when the source was first here. */
  constructor(private toldAt: Micros) {}

  /**
   * What was delivered since the last measurement, of all that was so far; undefined if it is not yet time for one, or says little
   * of how fast the peer is. The last one need not wait for its time.
   */
  take({ bytes, awaited }: Delivery, now: Micros, isLast: boolean): Delivery | undefined {
    if (!isLast && now - this.toldAt < limits.throughputInterval) return undefined;
    this.toldAt = now;
    const since = { bytes: bytes - this.told.bytes, awaited: awaited - this.told.awaited };
    if (since.bytes < limits.deliveryBytesMin && since.awaited < limits.deliveryAwaitedMin) return undefined;
    this.told = { bytes, awaited };
    return since;
  }
}
