import { limits, type Micros } from '../limits';

/** What waiting has led to: the peer is asked whether it is still there, or it is left. */
export type Impatience = 'nudge' | 'leave';

/** How long one peer is waited for, and what follows when that was in vain. */
export class Patience {
  /** Times in a row that nothing came in time. */
  stalls = 0;
  /** When waiting was last begun, rewarded, or given a push. */
  private progressAt: Micros;
  private silentStalls = 0;
  private nudges = 0;

  constructor(now: Micros) {
    this.progressAt = now;
  }

  /** Waiting begins. */
  begin(now: Micros): void {
    this.progressAt = now;
  }

  /** A chunk came. */
  rewarded(now: Micros): void {
    this.progressAt = now;
    this.stalls = 0;
    this.silentStalls = 0;
    this.nudges = 0;
  }

  /** The peer has something new. */
  encouraged(now: Micros, isWaiting: boolean): void {
    this.nudges = 0;
    if (!isWaiting) this.progressAt = now;
  }

  /** When what is awaited is late. */
  lateAt(timeout: Micros): Micros {
    return this.progressAt + timeout;
  }

  /** When waiting was in vain: after two timeouts, and twice as long each further time. RFC 6298 section 5.5. */
  stallAt(timeout: Micros): Micros {
    return this.progressAt + Math.max(2 * timeout, Math.min(limits.stallMax, 2 * timeout * 2 ** this.stalls));
  }

  /**
   * Waiting was in vain. Silent is who said nothing since the last time: what it said before that tells nothing of
   * whether it is there now.
   */
  stalled(now: Micros, heardAt: Micros): Impatience | undefined {
    const isSilent = heardAt <= this.progressAt;
    this.stalls++;
    this.silentStalls = isSilent ? this.silentStalls + 1 : 0;
    this.progressAt = now;
    if (this.stalls >= limits.stallsMax || this.silentStalls >= limits.silentStallsMax) return 'leave';
    return isSilent ? 'nudge' : undefined;
  }

  /** When a peer that nothing is asked of is asked whether it is there. Each interval twice: one datagram may be lost. */
  get nudgeAt(): Micros {
    return this.progressAt + Math.min(limits.nudgeFirst * 2 ** Math.floor(this.nudges / 2), limits.nudgeMax);
  }

  nudged(now: Micros): void {
    this.nudges++;
    this.progressAt = now;
  }
}
