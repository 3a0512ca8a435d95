import { addressKey, type Address } from '../endpoint/address';
import type { Candidate } from '../endpoint/effects';
import { limits, second, type Micros } from '../limits';

interface Known extends Candidate {
  busy: boolean;
  failures: number;
  retryAt: Micros;
}

/** A peer that failed is tried again after this long, doubled for each failure in a row. */
const retryFirst = 2 * second;
const retryMax = 300 * second;

/**
 * The peers of one swarm that we may fetch from. The best priority is tried first; the next only when nothing came in
 * for a while, so that a peer that costs transit is left alone as long as a nearer one does the work.
 */
export class Candidates {
  private readonly known = new Map<string, Known>();
  private ceiling = Number.NEGATIVE_INFINITY;
  private progressAt: Micros | undefined;

  /** Bounded: beyond the limit a new peer takes the place of none. */
  add(peers: readonly Candidate[]): void {
    for (const { address, priority } of peers) {
      const key = addressKey(address);
      const known = this.known.get(key);
      if (known === undefined && this.known.size >= limits.candidatesMax) return;
      this.known.set(key, { busy: false, failures: 0, retryAt: 0, ...known, address, priority });
    }
  }

  /** The peer to contact next, now counted as busy; undefined if there is none for now. */
  next(now: Micros): Candidate | undefined {
    this.progressAt ??= now;
    this.raiseCeiling(now);
    let best: Known | undefined;
    for (const candidate of this.known.values()) {
      if (candidate.busy || candidate.retryAt > now || candidate.priority > this.ceiling) continue;
      if (best === undefined || rank(candidate) < rank(best)) best = candidate;
    }
    if (best !== undefined) best.busy = true;
    return best;
  }

  /** The swarm progressed: the peers in use are enough. */
  progressed(now: Micros): void {
    this.progressAt = now;
  }

  /** The peer is gone; after a failure it waits before it is tried again. */
  release(address: Address, failed: boolean, now: Micros): void {
    const candidate = this.known.get(addressKey(address));
    if (candidate === undefined) return;
    candidate.busy = false;
    candidate.failures = failed ? candidate.failures + 1 : 0;
    candidate.retryAt = failed ? now + Math.min(retryMax, retryFirst * 2 ** candidate.failures) : now;
  }

  /** A peer that lied is not asked again in this swarm. */
  remove(address: Address): void {
    this.known.delete(addressKey(address));
  }

  /** True while a peer is in use or may be tried. */
  get hopeful(): boolean {
    for (const { busy, failures } of this.known.values()) if (busy || failures === 0) return true;
    return false;
  }

  /** When time alone gives `next` another answer: later than now, or never. */
  deadline(now: Micros): Micros | undefined {
    let earliest: Micros | undefined;
    for (const { busy, retryAt, priority } of this.known.values()) {
      if (busy) continue;
      const at = priority > this.ceiling ? (this.progressAt ?? now) + limits.escalation : retryAt;
      if (at > now) earliest = Math.min(earliest ?? at, at);
    }
    return earliest;
  }

  private raiseCeiling(now: Micros): void {
    const waited = now - (this.progressAt ?? now) >= limits.escalation;
    const isFirst = this.ceiling === Number.NEGATIVE_INFINITY;
    if (!waited && !isFirst) return;
    let lowest = Number.POSITIVE_INFINITY;
    for (const { priority } of this.known.values()) if (priority > this.ceiling) lowest = Math.min(lowest, priority);
    if (lowest === Number.POSITIVE_INFINITY) return;
    this.ceiling = lowest;
    this.progressAt = now;
  }
}

function rank({ priority, failures }: Known): number {
  return priority * 16 + Math.min(failures, 15);
}
