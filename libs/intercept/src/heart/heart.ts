import { epochAt, epochTimeoutMillis, heartbeatMillis, lifeLostMillis } from '@weir/datagram';
import { invariant } from '@weir/ppspp';
import { retryMillisMax, retryMillisMin } from '../limits';
import type { EpochScripts } from './scripts';

/** How a script ended: `gone`, the packet filter has no such element or table; `failed`, for any other reason. */
export type ScriptOutcome = 'ok' | 'gone' | 'failed';

/** What the heart wants done. A script is run to its end, and `done` told, before there is another one. */
export type HeartAction =
  | { readonly kind: 'run'; readonly purpose: 'begin' | 'beat' | 'end'; readonly script: string }
  /** All datapath threads discard what waits for them: their flows may be with the origins. */
  | { readonly kind: 'revoke' };

/**
 * Why an epoch ended before it was asked to: a thread `stalled`; a beat was `late`, or somebody removed the epoch; a thread lost
 * its flows; it could not be begun.
 */
export const lapseCauses = ['stalled', 'late', 'flows-lost', 'failed'] as const;

/** One of `lapseCauses`. */
export type LapseCause = (typeof lapseCauses)[number];

/** What to show of a heart. */
export interface HeartState {
  /** The epoch that new flows are given, if one lives. */
  readonly epoch: number | undefined;
  /** When it was begun, in microseconds of `machineMicros`. */
  readonly begunAt: number;
  readonly beatsFailed: number;
  readonly lapses: Readonly<Record<LapseCause, number>>;
}

const millisecond = 1_000;
const beatEvery = heartbeatMillis * millisecond;
const epochTimeout = epochTimeoutMillis * millisecond;
const lifeLost = lifeLostMillis * millisecond;
/** After a beat that failed and did not say that the epoch is over. */
const beatAgainAfter = 100 * millisecond;

/**
 * `resting`: no epoch; `beginning`, `beating`, `ending`: a script runs; `living`: between two beats. `condemned`: a beat or a
 * beginning runs whose epoch is over already.
 */
type Phase = 'resting' | 'beginning' | 'living' | 'beating' | 'condemned' | 'ending' | 'stopped';

/**
 * Keeps an epoch alive in the packet filter, as long as every datapath thread gives signs of life. Pure: time comes in, scripts
 * go out. All times are whole microseconds of `machineMicros`.
 *
 * An epoch that lapsed is never taken up again: who was diverted meanwhile is with his origin, and stays there. Before the next
 * one begins, the threads are told to discard what they have of the last, and have shown a sign of life since.
 */
export class Heart {
  private phase: Phase = 'resting';
  private epoch = 0;
  private begunAt = 0;
  /** When the script was started that last prolonged the epoch: the kernel counts from a little later. */
  private keptAt = 0;
  private startedAt = 0;
  private beatAt = 0;
  private resumeAt = 0;
  private revokedAt = -Infinity;
  private failures = 0;
  private stopping = false;
  /** Whether the packet filter is known to have nothing of the last epoch. */
  private ended = true;
  private beatsFailed = 0;
  private readonly lapses = { stalled: 0, late: 0, 'flows-lost': 0, failed: 0 };

  constructor(private readonly scripts: EpochScripts) {}

  get state(): HeartState {
    const lives = this.phase === 'living' || this.phase === 'beating';
    const { begunAt, beatsFailed } = this;
    return { epoch: lives ? this.epoch : undefined, begunAt, beatsFailed, lapses: { ...this.lapses } };
  }

  get stopped(): boolean {
    return this.phase === 'stopped';
  }

  /** To be called several times between two beats. `stalest`: the age of the oldest sign of life of a thread. */
  tick(now: number, stalest: number): readonly HeartAction[] {
    switch (this.phase) {
      case 'resting':
        return this.mayBegin(now, stalest) ? this.begin(now) : [];
      case 'living':
        if (stalest > lifeLost) return this.lapse('stalled', now);
        if (now - this.keptAt > epochTimeout) return this.lapse('late', now);
        return now >= this.beatAt ? this.beat(now) : [];
      case 'beating':
        return stalest > lifeLost ? this.lapse('stalled', now) : [];
      case 'beginning':
      case 'condemned':
      case 'ending':
      case 'stopped':
        return [];
    }
  }

  /** A datapath thread lost its flows: it stalled unseen, or it died. */
  flowsLost(now: number): readonly HeartAction[] {
    return ['living', 'beating', 'beginning'].includes(this.phase) ? this.lapse('flows-lost', now) : [];
  }

  /** No flow is to be diverted any more, for good. To be asked for more until `stopped`. */
  stop(now: number): readonly HeartAction[] {
    this.stopping = true;
    if (this.phase === 'living' || (this.phase === 'resting' && !this.ended)) return this.end(now);
    if (this.phase === 'resting') this.phase = 'stopped';
    if (this.phase === 'beating' || this.phase === 'beginning') this.phase = 'condemned';
    return [];
  }

  /** The script that ran has ended. */
  done(outcome: ScriptOutcome, now: number): readonly HeartAction[] {
    switch (this.phase) {
      case 'beginning':
        return outcome === 'ok' ? this.live() : this.fail(now);
      case 'beating':
        if (outcome === 'ok') return this.live();
        this.beatsFailed++;
        return outcome === 'gone' ? this.lapse('late', now, true) : this.tryAgain(now);
      case 'condemned':
        return this.end(now);
      case 'ending':
        return this.rest(outcome, now);
      case 'resting':
      case 'living':
      case 'stopped':
        invariant(false, `nothing runs while ${this.phase}`);
    }
  }

  private mayBegin(now: number, stalest: number): boolean {
    const allHeard = stalest <= lifeLost && now - stalest > this.revokedAt;
    return allHeard && now >= this.resumeAt && epochAt(now) !== this.epoch;
  }

  private begin(now: number): readonly HeartAction[] {
    this.phase = 'beginning';
    this.ended = false;
    this.epoch = epochAt(now);
    this.begunAt = now;
    return this.run('begin', now);
  }

  private beat(now: number): readonly HeartAction[] {
    this.phase = 'beating';
    this.beatAt = now + beatEvery;
    return this.run('beat', now);
  }

  private end(now: number): readonly HeartAction[] {
    this.phase = 'ending';
    return this.run('end', now);
  }

  private run(purpose: 'begin' | 'beat' | 'end', now: number): readonly HeartAction[] {
    this.startedAt = now;
    return [{ kind: 'run', purpose, script: this.scripts[purpose](this.epoch) }];
  }

  private live(): readonly HeartAction[] {
    if (this.phase === 'beginning') this.beatAt = this.startedAt + beatEvery;
    else this.failures = 0;
    this.keptAt = this.startedAt;
    this.phase = 'living';
    return [];
  }

  /** It cannot be told whether the epoch was begun: it is ended, and another one tried later. */
  private fail(now: number): readonly HeartAction[] {
    this.failures++;
    this.beatsFailed++;
    return this.lapse('failed', now, true);
  }

  private tryAgain(now: number): readonly HeartAction[] {
    this.phase = 'living';
    this.beatAt = now + beatAgainAfter;
    return [];
  }

  /** While a script runs, the end waits for it; the threads do not wait for either. */
  private lapse(cause: LapseCause, now: number, ran = false): readonly HeartAction[] {
    this.lapses[cause]++;
    this.revokedAt = now;
    const revoke = { kind: 'revoke' as const };
    if (this.phase === 'living' || ran) return [revoke, ...this.end(now)];
    this.phase = 'condemned';
    return [revoke];
  }

  /** What could not be removed is gone when the kernel ends it by itself. */
  private rest(outcome: ScriptOutcome, now: number): readonly HeartAction[] {
    this.phase = this.stopping ? 'stopped' : 'resting';
    this.ended = outcome === 'ok';
    const pause = this.failures === 0 ? 0 : Math.min(retryMillisMin * 2 ** (this.failures - 1), retryMillisMax);
    this.resumeAt = now + Math.max(pause * millisecond, outcome === 'ok' ? 0 : epochTimeout);
    return [];
  }
}
