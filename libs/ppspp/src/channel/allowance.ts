import { second, type Micros } from '../limits';

/**
 * What one peer may be sent in a time, whatever it acknowledges: who acknowledges what is still on its way has it counted
 * as arrived, so that a window alone bounds no rate. RFC 7574 section 12.6.4, threat ACK.2. A bucket of bytes.
 */
export class Allowance {
  private left: number;
  private filledAt: Micros | undefined;

  /** `burst` bytes at once, and `bytesPerSecond` on the whole. */
  constructor(
    private readonly bytesPerSecond: number,
    private readonly burst: number,
  ) {
    this.left = burst;
  }

  /** True when nothing may be sent before `readyAt`. */
  get exhausted(): boolean {
    return this.left <= 0;
  }

  /** When something may be sent again. */
  get readyAt(): Micros {
    return (this.filledAt ?? 0) + Math.ceil(((1 - this.left) * second) / this.bytesPerSecond);
  }

  /** Adds what time brought. */
  refill(now: Micros): void {
    const more = ((now - (this.filledAt ?? now)) * this.bytesPerSecond) / second;
    this.left = Math.min(this.burst, this.left + more);
    this.filledAt = now;
  }

  /** Counts what was sent. */
  spend(bytes: number): void {
    this.left -= bytes;
  }
}
