import type { Micros } from '@weir/ppspp';
import { uplinkSpan } from './limits';

interface Sample {
  readonly at: Micros;
  readonly bytes: number;
}

/** What is left of a line that peers are served over, by what was sent within the last seconds. */
export class Uplink {
  /** Of what was sent in all, oldest first: one from before the span, and those within it. */
  private readonly samples: Sample[] = [];
  /** What each thread told last. */
  private readonly told = new Map<number, number>();

  /** `capacity` is in bits a second; 0 if it is not known. */
  constructor(private readonly capacity: number) {}

  /** A thread has sent so many bytes since it started. Told about once a second; one that is replaced begins anew. */
  note(thread: number, bytes: number, at: Micros): void {
    const before = this.told.get(thread) ?? 0;
    const sent = (this.samples.at(-1)?.bytes ?? 0) + (bytes < before ? bytes : bytes - before);
    this.told.set(thread, bytes);
    this.samples.push({ bytes: sent, at });
    while ((this.samples[1]?.at ?? at) <= at - uplinkSpan) this.samples.shift();
  }

  /** Bits a second that might be sent in addition; 0 if that is not known. RFC 7846 section 3.2.5. */
  get available(): number {
    return Math.max(0, this.capacity - this.used);
  }

  /** Bits a second. */
  private get used(): number {
    const [first] = this.samples;
    const last = this.samples.at(-1);
    if (first === undefined || last === undefined || last.at <= first.at) return 0;
    return Math.round((8 * 1e6 * (last.bytes - first.bytes)) / (last.at - first.at));
  }
}
