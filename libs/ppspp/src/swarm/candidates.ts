import { addressKey, type Address } from '../endpoint/address';
import type { Candidate } from '../endpoint/effects';
import { limits, type Micros } from '../limits';

interface Known extends Candidate {
  busy: boolean;
  /** Failures in a row. */
  failures: number;
  failedAt: Micros;
  /** It was named while it was in use. */
  isNamedAgain: boolean;
  retryAt: Micros;
}

const unknown = { busy: false, failures: 0, failedAt: 0, retryAt: 0 };

/** How a peer was as long as it was in use; one that `failed-later` had sent something before. */
export type Outcome = 'fine' | 'failed' | 'failed-later' | 'refused';

/** A peer that is in another swarm will be so in a moment, too: it waits as if it had failed this often. */
const failuresOfRefusal = 5;

/**
 * The peers of one swarm that we may fetch from. The best priority is tried first; the next only when nothing came in
 * for a while, so that a peer that costs transit is left alone as long as a nearer one does the work.
 */
export class Candidates {
  private readonly known = new Map<string, Known>();
  private ceiling = Number.NEGATIVE_INFINITY;
  private progressedAt: Micros = Number.NEGATIVE_INFINITY;
  private raisedAt: Micros = Number.NEGATIVE_INFINITY;

  /** Takes peers somebody named; one that failed before is worth another try. Bounded: beyond it only what failed gives way. */
  add(peers: readonly Candidate[], now: Micros): void {
    for (const { address, priority } of peers) {
      const key = addressKey(address);
      const known = this.known.get(key) ?? unknown;
      if (!this.known.has(key) && !this.makeRoom()) return;
      const retryAt = Math.min(known.retryAt, Math.max(now, known.failedAt + limits.candidateRetry));
      this.known.set(key, { ...known, address, priority, retryAt, isNamedAgain: known.busy });
    }
  }

  /** The peer to contact next, now counted as busy; undefined if there is none for now. */
  next(now: Micros): Candidate | undefined {
    this.raiseCeiling(now);
    let best: Known | undefined;
    for (const candidate of this.known.values()) {
      if (!this.isReady(candidate, now)) continue;
      if (best === undefined || rank(candidate) < rank(best)) best = candidate;
    }
    if (best !== undefined) best.busy = true;
    return best;
  }

  /** The swarm progressed, or had nothing to do: the peers in use are enough. */
  progressed(now: Micros): void {
    this.progressedAt = now;
  }

  /** The peer is gone. After a failure it waits before it is tried again. */
  release(address: Address, outcome: Outcome, now: Micros): void {
    const candidate = this.known.get(addressKey(address));
    if (candidate === undefined) return;
    candidate.busy = false;
    candidate.failures = failuresAfter(outcome, candidate.isNamedAgain ? 0 : candidate.failures);
    candidate.isNamedAgain = false;
    candidate.failedAt = now;
    const wait = limits.candidateRetry * 2 ** (candidate.failures - 1);
    candidate.retryAt = candidate.failures === 0 ? now : now + Math.min(limits.candidateRetryMax, wait);
  }

  /** A peer that lied is not asked again in this swarm. */
  remove(address: Address): void {
    this.known.delete(addressKey(address));
  }

  /** True if those that are known will not do: none is left to try, and none in use sends anything. */
  lacking(now: Micros): boolean {
    let isAnyBusy = false;
    for (const { busy, failures } of this.known.values()) {
      if (!busy && failures === 0) return false;
      isAnyBusy ||= busy;
    }
    return !isAnyBusy || now >= this.progressedAt + limits.peersWanted;
  }

  /** True if nothing came for so long that one in use had better give its place to another that waits. */
  impatient(now: Micros): boolean {
    if (now < this.progressedAt + limits.rotation) return false;
    for (const candidate of this.known.values()) if (this.isReady(candidate, now)) return true;
    return false;
  }

  /** When time alone gives `next` or `lacking` another answer: later than now, or never. */
  deadline(now: Micros): Micros | undefined {
    let earliest = Number.POSITIVE_INFINITY;
    const consider = (at: Micros): void => {
      if (at > now) earliest = Math.min(earliest, at);
    };
    for (const { busy, retryAt, priority } of this.known.values()) {
      if (busy) continue;
      consider(priority > this.ceiling ? this.ceilingAt : retryAt);
    }
    consider(this.progressedAt + limits.peersWanted);
    consider(this.progressedAt + limits.rotation);
    return Number.isFinite(earliest) ? earliest : undefined;
  }

  private isReady({ busy, retryAt, priority }: Known, now: Micros): boolean {
    return !busy && retryAt <= now && priority <= this.ceiling;
  }

  private makeRoom(): boolean {
    if (this.known.size < limits.candidatesMax) return true;
    let worst: [string, Known] | undefined;
    for (const entry of this.known) {
      const [, { busy, failures }] = entry;
      if (!busy && failures > (worst?.[1].failures ?? 0)) worst = entry;
    }
    return worst !== undefined && this.known.delete(worst[0]);
  }

  private get ceilingAt(): Micros {
    return Math.max(this.progressedAt, this.raisedAt) + limits.escalation;
  }

  private raiseCeiling(now: Micros): void {
    const isFirst = this.ceiling === Number.NEGATIVE_INFINITY;
    if (!isFirst && now < this.ceilingAt) return;
    let lowest = Number.POSITIVE_INFINITY;
    for (const { priority } of this.known.values()) if (priority > this.ceiling) lowest = Math.min(lowest, priority);
    if (lowest === Number.POSITIVE_INFINITY) return;
    this.ceiling = lowest;
    this.raisedAt = now;
  }
}

function failuresAfter(outcome: Outcome, before: number): number {
  switch (outcome) {
    case 'fine':
      return 0;
    case 'failed-later':
      return 1;
    case 'failed':
      return before + 1;
    case 'refused':
      return Math.max(before + 1, failuresOfRefusal);
  }
}

function rank({ priority, failures }: Known): number {
  return priority * 16 + Math.min(failures, 15);
}
