import { limits, second, type Micros } from '../limits';

/** The current rate is a mean over some seconds: what is asked for comes in batches. */
const meanSpan: Micros = 10 * second;

/** How near background comes to the peak: what is measured lags behind what is. */
const share = 0.9;

interface Slot {
  readonly number: number;
  bytes: number;
}

/**
 * How much demand took of the link at its peak, as operators of links count it: in spans of five minutes, over a day. What is left
 * below that can be used without the link ever carrying more than it did.
 */
export class PeakMeter {
  private readonly slots: Slot[] = [];
  private total = 0;
  private notedAt: Micros | undefined;
  private rate = 0;

  /** What demand took in all up to now. Called about once a second. */
  note(total: number, now: Micros): void {
    const { notedAt, total: before } = this;
    this.total = total;
    this.notedAt = now;
    if (notedAt === undefined || now <= notedAt) return;
    const elapsed = now - notedAt;
    const bytes = Math.max(0, total - before);
    this.rate += ((bytes * second) / elapsed - this.rate) * Math.min(1, elapsed / meanSpan);
    this.fill(bytes, Math.floor(now / limits.peakSlot));
  }

  /** Bytes for each second in the busiest span that is over; 0 before there is one. */
  get peak(): number {
    const current = this.slots.at(-1)?.number;
    const past = this.slots.filter(({ number }) => number !== current);
    return (Math.max(0, ...past.map(({ bytes }) => bytes)) * second) / limits.peakSlot;
  }

  /** Bytes for each second that may be fetched beside demand. */
  get spare(): number {
    return Math.max(0, share * this.peak - this.rate);
  }

  private fill(bytes: number, number: number): void {
    const last = this.slots.at(-1);
    if (last?.number === number) last.bytes += bytes;
    else this.slots.push({ number, bytes });
    while ((this.slots[0]?.number ?? number) <= number - limits.peakSlots) this.slots.shift();
  }
}
