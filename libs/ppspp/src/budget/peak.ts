import { limits, second, type Micros } from '../limits';

/** The current rate is a mean over some seconds: what is asked for comes in batches. */
const meanSpan: Micros = 10 * second;

/** How near background comes to the peak: what is measured lags behind what is. */
const share = 0.9;

/** What demand took in one span of five minutes; spans are numbered by time. */
export interface PeakSpan {
  readonly number: number;
  readonly bytes: number;
}

/**
 * How much demand took of the link at its peak, as operators of links count it: in spans of five minutes, over a day. What is left
 * below that can be used without the link ever carrying more than it did.
 */
export class PeakMeter {
  private slots: PeakSpan[] = [];
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

  /** What is known of a day, the oldest first. */
  get spans(): readonly PeakSpan[] {
    return this.slots;
  }

  /** Goes on from what another one knew, before anything is noted: its spans are past, none of them goes on. */
  resume(spans: readonly PeakSpan[], now: Micros): void {
    const current = Math.floor(now / limits.peakSlot);
    const known = new Map<number, number>();
    for (const { number, bytes } of spans) {
      const past = Math.min(number, current - 1);
      known.set(past, Math.max(bytes, known.get(past) ?? 0));
    }
    const numbers = [...known.keys()].filter((number) => number > current - limits.peakSlots);
    this.slots = numbers.sort((one, other) => one - other).map((number) => ({ number, bytes: known.get(number) ?? 0 }));
    this.slots.push({ number: current, bytes: 0 });
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
    if (last?.number === number) this.slots[this.slots.length - 1] = { number, bytes: last.bytes + bytes };
    else this.slots.push({ number, bytes });
    while ((this.slots[0]?.number ?? number) <= number - limits.peakSlots) this.slots.shift();
  }
}
