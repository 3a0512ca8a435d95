import {
  errorCodes,
  type PeerAddress,
  type PeerInfo,
  type PeerMode,
  type Response,
  type StreamStats,
  type SwarmAction,
} from '@weir/ppstp';

import type { Answer, ConnectDetails, Speaker } from './client/ppstp-client';
import { type Cancel, type Clock } from './clock';
import { backOff } from './session/back-off';
import type { Identity } from './session/identities';
import { Planner, type Sender } from './session/planner';
import type { Step } from './session/steps';
import { type Verdict, verdictOf } from './session/verdict';
import type { TrackerSessionState, TrackerStatus } from './tracker-status';

/** The client's methods that a session uses. */
export interface SessionClient {
  connect(actions: readonly SwarmAction[], details?: ConnectDetails): Promise<Answer>;
  find(swarmId: string, peerCount?: number, speaker?: Speaker): Promise<Answer>;
  statReport(stats?: readonly StreamStats[], speaker?: Speaker): Promise<Answer>;
  close(): Promise<void>;
}

/** What a session has in common with those of the other trackers. */
export interface SessionContext {
  /** The swarms that we want to be in, at every tracker; owned by the registration. */
  readonly wanted: ReadonlyMap<string, PeerMode>;
  readonly addresses: readonly PeerAddress[];
  /** Of the first identity. */
  readonly peerId: string;
  readonly freshId: () => string;
  readonly reportMillis: number;
  readonly leaveMillis: number;
  readonly clock: Clock;
  readonly random: () => number;
  /** What we have done in our swarms; never rejects. */
  stats(): Promise<readonly StreamStats[]>;
  /** Told whenever the status may have changed. */
  changed(status: TrackerStatus): void;
  /** Told of a membership certificate of ours. */
  certified(swarmId: string, certificate: Uint8Array): void;
}

/** Refusals in a row after which a tracker is left alone for a while: it may be that it refuses everything. */
const refusalsInRowMax = 32;

/** Refused swarms that a status names. */
const refusedShownMax = 16;

/** Least time from one round to the next. */
const roundMillisMin = 10;

/** Time over which the identities of one session are asked about after an outage, for each of them. */
const spreadMillis = 100;

/**
 * Keeps us registered at one tracker: sends what its planner says, one request at a time, and tells it what came of it.
 * A tracker that says 03 (Forbidden Action) to a report has forgotten us (RFC 7846 section 2.3.2 B), or has ended our
 * registration by its reading of table 6; the planner then begins anew. So a tracker that restarts, or comes back, gets
 * us back by its next answer.
 */
export class TrackerSession {
  private readonly planner: Planner;
  private state: TrackerSessionState = 'connecting';
  /** Whether the last request had an answer, if only one that says no. */
  private reachable = false;
  private lastError: string | undefined;
  private lastContact: number | undefined;
  /** Why the last refusal of this round was. */
  private refusal: string | undefined;
  /** Rounds in a row that failed. */
  private failures = 0;
  private working: Promise<void> | undefined;
  private stepping: Promise<unknown> | undefined;
  /** Whether something has changed that no round has seen yet. */
  private again = false;
  private stopping = false;
  private cancelTimer: Cancel | undefined;

  constructor(
    private readonly url: string,
    private readonly client: SessionClient,
    private readonly context: SessionContext,
  ) {
    this.planner = new Planner(context);
  }

  get status(): TrackerStatus {
    const { url, state, lastError, lastContact, planner } = this;
    const { identities, refusals } = planner;
    return {
      ...{ url, state, lastError, lastContact, swarms: identities.swarms, identities: identities.size },
      ...{ refused: refusals.size, refusedSwarms: planner.refused(refusedShownMax) },
    };
  }

  /** To be called when the wanted swarms have changed. The tracker is told at once, or when it is tried again. */
  update(): void {
    if (this.stopping) return;
    this.planner.replan();
    this.again = true;
    if (this.failures === 0) this.work();
  }

  /**
   * Asks for peers of a swarm. Empty, without asking, while the tracker does not answer (the session tries it again by
   * itself) or while we are in no swarm there, which leaves us unregistered.
   */
  async find(swarmId: string): Promise<readonly PeerInfo[]> {
    await this.arrival(swarmId);
    const identity = this.speaker(swarmId);
    if (identity === undefined) return [];
    const answer = await this.client.find(swarmId, undefined, identity);
    if (!isForbidden(answer)) return this.listed(answer, swarmId);
    this.reachable = true;
    // Nobody is in that swarm, or the tracker has forgotten us: a sign of life tells which.
    if (!identity.swarms.has(swarmId) && !isForbidden(await this.client.statReport([], identity))) return [];
    this.planner.forgotten(identity, this.context.clock.now());
    this.update();
    await this.arrival(swarmId);
    const again = this.speaker(swarmId);
    if (again === undefined) return [];
    const other = await this.client.find(swarmId, undefined, again);
    return isForbidden(other) ? [] : this.listed(other, swarmId);
  }

  /** Leaves all swarms, if that can be done in `leaveMillis`, and stops. */
  async stop(): Promise<void> {
    this.stopping = true;
    this.cancelTimer?.();
    const cancel = this.context.clock.after(this.context.leaveMillis, () => void this.client.close());
    await this.working;
    await this.leaveAll();
    cancel();
    await this.client.close();
  }

  private async leaveAll(): Promise<void> {
    const nothing = new Map<string, PeerMode>();
    this.planner.replan();
    for (let left = false; !left && this.reachable;) {
      const step = this.planner.next(nothing, -Infinity);
      left = step === undefined;
      if (step?.kind === 'leave') await this.perform(step);
    }
  }

  /** Who may ask, if anyone: the tracker has to be there, and to know us. */
  private speaker(swarmId: string): Identity | undefined {
    return this.stopping || !this.reachable ? undefined : this.planner.identities.speaker(swarmId);
  }

  /** Waits until we are in the swarm, or nothing is under way that could bring us there. */
  private async arrival(swarmId: string): Promise<void> {
    while (this.working !== undefined && this.planner.identities.in(swarmId) === undefined) {
      await (this.stepping ?? this.working);
    }
  }

  private work(): void {
    if (this.working !== undefined) return;
    this.working = this.round().finally(() => {
      this.working = undefined;
      this.stepping = undefined;
      if (this.again) this.update();
    });
  }

  /** Sends all that is to be sent, up to the first failure. */
  private async round(): Promise<void> {
    this.again = false;
    this.planner.replan();
    this.refusal = undefined;
    if (this.failures > 0) this.planner.wake(this.context.clock.now(), spreadMillis);
    let refusals = 0;
    let outcome: Verdict['kind'] = 'accepted';
    while (!this.stopping && outcome !== 'failed' && refusals < refusalsInRowMax) {
      const step = this.planner.next(this.context.wanted, this.context.clock.now());
      if (step === undefined) break;
      const performing = this.perform(step);
      this.stepping = performing;
      outcome = await performing;
      this.again = false;
      refusals = outcome === 'refused' ? refusals + 1 : 0;
    }
    if (this.stopping) return;
    this.conclude(outcome === 'failed' || refusals >= refusalsInRowMax);
    this.schedule();
  }

  private conclude(failed: boolean): void {
    const { identities, refusals } = this.planner;
    this.failures = failed ? this.failures + 1 : 0;
    const refusal = this.refusal ?? refusals.lastReason;
    if (identities.size === 0 && refusal !== undefined) this.become('failed', refusal);
    else this.context.changed(this.status);
  }

  private schedule(): void {
    this.cancelTimer?.();
    const { clock, reportMillis, random } = this.context;
    const pause = this.failures > 0 ? backOff(this.failures, reportMillis, random) : this.planner.due - clock.now();
    if (this.stopping || pause === Infinity) return;
    this.cancelTimer = clock.after(Math.max(pause, roundMillisMin), () => this.work());
  }

  private async perform(step: Step): Promise<Verdict['kind']> {
    const sender = step.kind === 'register' ? this.planner.identities.takeId() : { ...step.identity, used: true };
    const answer = await this.send(step, sender);
    const verdict = verdictOf(answer);
    this.note(answer, verdict);
    this.planner.take(step, sender, verdict, this.context.clock.now());
    if (verdict.kind !== 'failed') this.context.changed(this.status);
    return verdict.kind;
  }

  private send(step: Step, { peerId }: Sender): Promise<Answer> {
    if (step.kind === 'report') return this.report(step.identity);
    const action = step.kind === 'leave' ? 'LEAVE' : 'JOIN';
    const mode = step.kind === 'register' ? step.mode : step.identity.mode;
    const actions = step.swarmIds.map((swarmId): SwarmAction => ({ swarmId, action, mode }));
    return this.client.connect(actions, { addresses: this.context.addresses, peerId });
  }

  /**
   * STAT_REPORT, which "MUST be sent periodically" (RFC 7846 section 2.2); a keep-alive if there is nothing to report.
   * Statistics that a tracker refuses, though it knows us, are too many for it.
   */
  private async report(identity: Identity): Promise<Answer> {
    const { customs } = this.planner;
    const stats = (await this.context.stats()).filter(({ swarmId }) => identity.swarms.has(swarmId));
    for (let sent = 0; ;) {
      const group = stats.slice(sent, sent + customs.statsMax);
      const answer = await this.client.statReport(group, identity);
      const verdict = verdictOf(answer);
      sent += group.length;
      if (verdict.kind === 'refused' && !verdict.forbidden && group.length > 0) {
        customs.refusedStats(group.length, this.context.clock.now());
        sent -= group.length;
      } else if (verdict.kind !== 'accepted' || group.length === 0 || sent >= stats.length) return answer;
      else this.note(answer, verdict);
    }
  }

  private listed(answer: Answer, swarmId: string): readonly PeerInfo[] {
    const verdict = verdictOf(answer);
    this.note(answer, verdict);
    if (verdict.kind === 'failed') this.lookUpFailed();
    if (verdict.kind !== 'accepted' || !answer.ok) return [];
    return answer.response.results.find((result) => result.swarmId === swarmId)?.peers ?? [];
  }

  /** The next report would come too late to find out whether the tracker is back. */
  private lookUpFailed(): void {
    if (this.stopping || this.working !== undefined || this.failures > 0) return;
    this.failures = 1;
    this.schedule();
  }

  /** Takes note of how the tracker is. */
  private note(answer: Answer, verdict: Verdict): void {
    this.reachable = answer.ok || verdict.kind === 'refused';
    if (verdict.kind === 'refused') this.refusal = verdict.reason;
    if (answer.ok) this.lastContact = this.context.clock.now();
    if (verdict.kind === 'failed' && !this.stopping) this.become('failed', verdict.reason);
    if (verdict.kind === 'accepted') this.become('connected', undefined);
    if (verdict.kind === 'accepted' && answer.ok) this.takeCertificates(answer.response);
  }

  /** Of swarms that we are in; a tracker may put them into any answer (RFC 7574 section 12.2.2). */
  private takeCertificates({ results }: Response): void {
    for (const { swarmId, certificate } of results)
      if (certificate !== undefined && this.context.wanted.has(swarmId)) this.context.certified(swarmId, certificate);
  }

  private become(state: TrackerSessionState, lastError: string | undefined): void {
    this.state = state;
    this.lastError = lastError;
    this.context.changed(this.status);
  }
}

function isForbidden(answer: Answer): boolean {
  return answer.ok && answer.response.errorCode === errorCodes.forbiddenAction;
}
