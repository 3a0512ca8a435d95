import { addressKey, type Address } from '../endpoint/address';
import type { Candidate, Origin } from '../endpoint/effects';
import { limits, type Micros } from '../limits';
import { noPreference, type Preference } from './preference';
import { lastPriority, levelOf, rankOf } from './rank';
import { isCallable, type Nearness } from './standing';
import type { Speed } from './throughput';

interface Known extends Candidate {
  readonly origin: Origin;
  readonly nearness: Nearness;
  speed: Speed;
  /** See `levelOf`. */
  level: number;
  busy: boolean;
  /** Failures in a row. */
  failures: number;
  /** Times that it did not send what it said it had. Naming it again does not make that undone. */
  defaults: number;
  failedAt: Micros;
  /** It was named while it was in use. */
  isNamedAgain: boolean;
  retryAt: Micros;
}

type Placed = Pick<Known, 'address' | 'nearness' | 'priority'>;

const unknown = { busy: false, failures: 0, defaults: 0, failedAt: 0, retryAt: 0 };

/** Named by somebody who need not know, or may have us call whomever he likes. */
type Hearsay = 'exchange' | 'subscriber';

const shares: Readonly<Record<Hearsay, number>> = {
  exchange: limits.exchangeCandidatesMax,
  subscriber: limits.subscriberCandidatesMax,
};

/** Who may be contacted next. */
export interface Choice {
  /** Whom other peers named, too. */
  readonly isOpen?: boolean;
  /** Whom subscribers called, too, without waiting for those before them. */
  readonly isUrgent?: boolean;
}

/**
 * How a peer was as long as it was in use; one that `failed-later` had sent something before, one that was `faithless` did
 * not send what it said it had.
 */
export type Outcome = 'fine' | 'failed' | 'failed-later' | 'faithless' | 'refused';

/** A peer that is in another swarm will be so in a moment, too: it waits as if it had failed this often. */
const failuresOfRefusal = 5;

/**
 * The peers of one swarm that we may fetch from, whoever named them. Those of the best level are tried first; the next only when
 * nothing came in for a while, so that a peer that costs transit is left alone as long as a nearer one does the work.
 */
export class Candidates {
  private readonly known = new Map<string, Known>();
  private ceiling = Number.NEGATIVE_INFINITY;
  private progressedAt: Micros = Number.NEGATIVE_INFINITY;
  private raisedAt: Micros = Number.NEGATIVE_INFINITY;

  constructor(private readonly preference: Preference = noPreference) {}

  /** Takes peers somebody named; one that failed before is worth another try. Bounded: beyond it only what failed gives way. */
  add(peers: readonly Candidate[], now: Micros): void {
    for (const peer of peers) {
      const { address, origin = 'tracker' } = peer;
      const nearness = this.nearnessOf(peer);
      const key = addressKey(address);
      if (nearness === undefined || (isHearsay(origin) && !this.takes(key, origin))) continue;
      const known = this.known.get(key) ?? unknown;
      if (!this.known.has(key) && !this.makeRoom()) return;
      const retryAt = Math.min(known.retryAt, Math.max(now, known.failedAt + limits.candidateRetry));
      const priority = origin === 'subscriber' ? lastPriority : peer.priority;
      const place = { address, priority, origin, nearness, ...this.placeOf({ address, nearness, priority }, now) };
      this.known.set(key, { ...known, ...place, retryAt, isNamedAgain: known.busy });
    }
  }

  /** Who named a peer; undefined if nobody did. */
  originOf(address: Address): Origin | undefined {
    return this.known.get(addressKey(address))?.origin;
  }

  /** The priority of a peer; that of the last, if nobody named it. */
  priorityOf(address: Address): number {
    const known = this.known.get(addressKey(address));
    if (known !== undefined) return known.priority;
    let last = 0;
    for (const { priority } of this.known.values()) last = Math.max(last, priority);
    return last;
  }

  /** True while a peer that only another peer named might be contacted. */
  exchangeReady(now: Micros): boolean {
    for (const candidate of this.known.values())
      if (candidate.origin === 'exchange' && this.isReady(candidate, now)) return true;
    return false;
  }

  /** True while so many wait that were never tried, or did not fail, that one without an answer had better make room soon. */
  abundant(now: Micros): boolean {
    let waiting = 0;
    for (const candidate of this.known.values())
      if (candidate.failures === 0 && this.isReady(candidate, now)) waiting++;
    return waiting > limits.fetchPeersMax;
  }

  /** The peer to contact next, now counted as busy; undefined if there is none for now. */
  next(now: Micros, choice: Choice = {}): Candidate | undefined {
    this.raiseCeiling(now);
    let best: Known | undefined;
    let first = Number.POSITIVE_INFINITY;
    for (const candidate of this.known.values()) {
      if (!this.isEligible(candidate, choice, now)) continue;
      const rank = rankOf(candidate);
      if (rank >= first) continue;
      best = candidate;
      first = rank;
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
    if (outcome === 'faithless') candidate.defaults++;
    candidate.failedAt = now;
    const { speed, level } = this.placeOf(candidate, now);
    candidate.speed = speed;
    candidate.level = level;
    const isDoubtful = candidate.origin === 'exchange' || (candidate.origin === 'subscriber' && outcome === 'failed');
    const max = isDoubtful ? limits.exchangeRetry : limits.candidateRetryMax;
    const first = isDoubtful ? limits.exchangeRetry : limits.candidateRetry;
    const wait = first * 2 ** (candidate.failures - 1);
    candidate.retryAt = candidate.failures === 0 ? now : now + Math.min(max, wait);
  }

  /** A peer that lied is not asked again in this swarm. */
  remove(address: Address): void {
    this.known.delete(addressKey(address));
  }

  /** True if those that are known will not do: none is left to try, and none in use sends anything. */
  lacking(now: Micros): boolean {
    let isAnyBusy = false;
    for (const { busy, failures, origin } of this.known.values()) {
      // Whom other peers named never makes those dispensable whom a tracker would (RFC 7574 section 12.2.3).
      if (isHearsay(origin)) continue;
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
    for (const { busy, retryAt, level } of this.known.values()) {
      if (busy) continue;
      consider(level > this.ceiling ? this.ceilingAt : retryAt);
    }
    consider(this.progressedAt + limits.peersWanted);
    consider(this.progressedAt + limits.rotation);
    return Number.isFinite(earliest) ? earliest : undefined;
  }

  private isEligible(candidate: Known, { isOpen = true, isUrgent = false }: Choice, now: Micros): boolean {
    if (candidate.origin === 'exchange' && !isOpen) return false;
    return this.isReady(candidate, now) || (isUrgent && isReachable(candidate, now));
  }

  private isReady({ busy, retryAt, level }: Known, now: Micros): boolean {
    return !busy && retryAt <= now && level <= this.ceiling;
  }

  /** Undefined for one that is not to be called, whoever names it. */
  private nearnessOf(peer: Candidate): Nearness | undefined {
    const standing = this.preference.standing(peer);
    if (isCallable(standing)) return standing;
    this.preference.refused(standing);
    return undefined;
  }

  private placeOf({ address, nearness, priority }: Placed, now: Micros): Pick<Known, 'speed' | 'level'> {
    const speed = this.preference.speed(address, now);
    return { speed, level: levelOf({ nearness, speed, priority }) };
  }

  private makeRoom(): boolean {
    if (this.known.size < limits.candidatesMax) return true;
    return this.dropWorst('exchange') || this.dropWorst('subscriber') || this.dropWorst();
  }

  /** What another peer tells adds to what is known, and changes nothing of it; what subscribers call, at most that it is tried again. */
  private takes(key: string, origin: Hearsay): boolean {
    const known = this.known.get(key);
    if (known !== undefined) return origin === 'subscriber' && known.origin === 'subscriber';
    return this.makeRoomAmong(origin);
  }

  /** Peers that nobody vouches for have a share of their own, so that no flood of them crowds the others out. */
  private makeRoomAmong(origin: Hearsay): boolean {
    let count = 0;
    for (const known of this.known.values()) if (known.origin === origin) count++;
    return count < shares[origin] || this.dropWorst(origin);
  }

  /** Drops the one that failed most often, of those that somebody named. */
  private dropWorst(only?: Origin): boolean {
    let worst: [string, Known] | undefined;
    for (const entry of this.known) {
      const [, { busy, failures, origin }] = entry;
      const isWorse = !busy && failures > (worst?.[1].failures ?? 0);
      if (isWorse && (only === undefined || only === origin)) worst = entry;
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
    for (const { level } of this.known.values()) if (level > this.ceiling) lowest = Math.min(lowest, level);
    if (lowest === Number.POSITIVE_INFINITY) return;
    this.ceiling = lowest;
    this.raisedAt = now;
  }
}

/** An urgent call waits for no peer of a better priority. */
function isReachable({ busy, retryAt, origin }: Known, now: Micros): boolean {
  return origin === 'subscriber' && !busy && retryAt <= now;
}

function failuresAfter(outcome: Outcome, before: number): number {
  switch (outcome) {
    case 'fine':
      return 0;
    case 'failed-later':
      return 1;
    case 'failed':
    case 'faithless':
      return before + 1;
    case 'refused':
      return Math.max(before + 1, failuresOfRefusal);
  }
}

function isHearsay(origin: Origin): origin is Hearsay {
  return origin === 'exchange' || origin === 'subscriber';
}
