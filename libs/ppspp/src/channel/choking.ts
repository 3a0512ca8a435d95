import { limits, type Micros } from '../limits';

/**
 * What one peer was told of whether its REQUESTs are answered. CHOKE and UNCHOKE are informational, and either may be
 * lost: both are said again to a peer that seems not to know. RFC 7574 section 3.9.
 */
export class Choking {
  private saidAt: Micros = Number.NEGATIVE_INFINITY;
  /** UNCHOKE was said, and no REQUEST followed. */
  private isCalled = false;

  /** A REQUEST was dropped; true if the peer is to be told so now. RFC 7574 section 12.6.8. */
  refused(now: Micros): boolean {
    this.isCalled = false;
    return this.says(now);
  }

  /** REQUESTs are dropped from now on. */
  choked(now: Micros): void {
    this.isCalled = false;
    this.saidAt = now;
  }

  /** REQUESTs are answered from now on. */
  unchoked(now: Micros): void {
    this.isCalled = true;
    this.saidAt = now;
  }

  /** A REQUEST was taken. */
  answered(): void {
    this.isCalled = false;
  }

  /** The peer says nothing but that it is there; true if UNCHOKE is to be said again. */
  waits(now: Micros): boolean {
    return this.isCalled && this.says(now);
  }

  private says(now: Micros): boolean {
    if (now - this.saidAt < limits.chokeInterval) return false;
    this.saidAt = now;
    return true;
  }
}
