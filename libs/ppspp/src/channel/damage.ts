import { limits, type Micros } from '../limits';
import type { WireFault } from '../wire/message';

/** Ranges that mean nothing here: their bytes are what they should be, and other implementations may number otherwise. */
const understood: ReadonlySet<WireFault> = new Set([
  'range-reversed',
  'range-not-a-node',
  'range-without-chunk',
  'chunk-number-too-large',
]);

/**
 * Counts datagrams that cannot be read. One alone may have been damaged on its way, since a UDP checksum has 16 bits; several
 * within a short time are the peer's own. RFC 7574 section 3.
 */
export class Damage {
  private count = 0;
  private countedAt: Micros = 0;

  /** One more came; true if that is one too many. */
  note(fault: WireFault, now: Micros): boolean {
    if (understood.has(fault)) return false;
    const forgotten = Math.floor((now - this.countedAt) / limits.malformedSpan);
    this.count = Math.max(0, this.count - forgotten) + 1;
    this.countedAt = now;
    return this.count > limits.malformedMax;
  }
}
