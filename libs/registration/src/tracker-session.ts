import { errorCodes, type PeerInfo, type PeerMode, type Response, type SwarmAction } from '@weir/ppstp';

import type { Answer } from './client/ppstp-client';
import type { Cancel } from './clock';
import { refusedShownMax, requestsPerSwarmMax } from './limits';
import { AddressProof } from './session/address-proof';
import { backOff, operatorMillis } from './session/back-off';
import type { Identity } from './session/identities';
import { JoinedLists } from './session/joined-lists';
import { Planner, type Sender } from './session/planner';
import { Reporter } from './session/reporter';
import type { SessionContext } from './session/session-context';
import type { SessionClient } from './session/session-client';
import type { Step } from './session/steps';
import { type Verdict, verdictOf } from './session/verdict';
import type { TrackerPlan } from './settings';
import type { TrackerSessionState, TrackerStatus } from './tracker-status';

/** What we want of a tracker that stands by. */
const nothing: ReadonlyMap<string, PeerMode> = new Map();

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
  private readonly reporter: Reporter;
  private readonly proof: AddressProof;
  private readonly lists: JoinedLists;
  private used = true;
  private state: TrackerSessionState = 'connecting';
  /** Whether the last request had an answer, if only one that says no. */
  private reachable = false;
  private lastError: string | undefined;
  private lastContact: number | undefined;
  /** What was last refused, or failed, in this round. */
  private denial: Exclude<Verdict, { kind: 'accepted' }> | undefined;
  /** Rounds in a row that failed. */
  private failures = 0;
  private working: Promise<void> | undefined;
  private stepping: Promise<unknown> | undefined;
  /** Whether something has changed that no round has seen yet. */
  private again = false;
  private stopping = false;
  private cancelTimer: Cancel | undefined;

  constructor(
    private readonly tracker: TrackerPlan,
    private readonly client: SessionClient,
    private readonly context: SessionContext,
  ) {
    this.lists = new JoinedLists(context.clock);
    this.proof = new AddressProof(client, context.clock, context.addresses);
    this.planner = new Planner(context);
    this.reporter = new Reporter(this.planner, client, context, (answer, verdict) => this.note(answer, verdict));
  }

  get url(): string {
    return this.tracker.url;
  }

  get status(): TrackerStatus {
    const { tracker, state, lastError, lastContact, planner, used } = this;
    const { identities, refusals } = planner;
    const { url, tier, group, serve } = tracker;
    return {
      ...{ url, tier, group, serve, standby: !used, state, lastError, lastContact },
      ...{ swarms: identities.swarms, identities: identities.size },
      ...{ refused: refusals.size, refusedSwarms: planner.refused(refusedShownMax) },
    };
  }

  /** Whether to register there, or to stand by: then we leave all swarms, and hear no more of the tracker. */
  use(used: boolean): void {
    if (this.used === used) return;
    this.used = used;
    if (used) {
      this.failures = 0;
      this.become('connecting', undefined);
    }
    this.update();
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
    const joined = this.lists.take(swarmId);
    if (joined !== undefined) return joined;
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

  private get wanted(): ReadonlyMap<string, PeerMode> {
    return this.used ? this.context.wanted : nothing;
  }

  private async leaveAll(): Promise<void> {
    this.planner.replan();
    for (let left = false; !left && this.reachable;) {
      const step = this.planner.next(nothing, -Infinity);
      left = step === undefined;
      if (step?.kind === 'leave') await this.perform(step);
    }
  }

  /** Who may ask, if anyone: the tracker has to be there, and to know us. */
  private speaker(swarmId: string): Identity | undefined {
    return this.stopping || !this.used || !this.reachable ? undefined : this.planner.identities.speaker(swarmId);
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

  /** Requests of one round. */
  private get requestsMax(): number {
    return requestsPerSwarmMax * (1 + this.wanted.size + this.planner.identities.swarms);
  }

  private async round(): Promise<void> {
    this.again = false;
    this.planner.replan();
    this.denial = undefined;
    if (this.failures > 0) this.planner.wake(this.context.clock.now(), spreadMillis);
    const isDone = await this.sendAll();
    if (this.stopping) return;
    this.conclude(!isDone);
    this.schedule();
  }

  /** Sends all that is to be sent, up to the first failure, or too many refusals. Whether nothing is left. */
  private async sendAll(): Promise<boolean> {
    let refusals = 0;
    for (let room = this.requestsMax; room > 0 && refusals < this.planner.patience; room--) {
      const step = this.stopping ? undefined : this.planner.next(this.wanted, this.context.clock.now());
      if (step === undefined) return true;
      const performing = this.perform(step);
      this.stepping = performing;
      const { kind } = await performing;
      this.again = false;
      if (kind === 'failed') return false;
      refusals = kind === 'refused' ? refusals + 1 : 0;
    }
    return false;
  }

  private conclude(failed: boolean): void {
    const { identities } = this.planner;
    this.failures = failed && this.used ? this.failures + 1 : 0;
    // It takes us for gone by itself.
    if (failed && !this.used) this.planner.abandon();
    if (identities.size > 0 || this.denial?.kind !== 'refused') return this.context.changed(this.status);
    this.planner.startOver();
    this.become('failed', this.denial.reason);
  }

  private schedule(): void {
    this.cancelTimer?.();
    const pause = this.failures > 0 ? this.afterFailure() : this.planner.due - this.context.clock.now();
    if (this.stopping || pause === Infinity) return;
    this.cancelTimer = this.context.clock.after(Math.max(pause, roundMillisMin), () => this.work());
  }

  private afterFailure(): number {
    const { reportMillis, random } = this.context;
    const pause = backOff(this.failures, reportMillis, random);
    return this.denial?.operator === true ? Math.max(pause, operatorMillis) : pause;
  }

  private async perform(step: Step): Promise<Verdict> {
    const sender = step.kind === 'register' ? this.planner.identities.takeId() : { ...step.identity, used: true };
    const answer = await this.send(step, sender);
    const verdict = verdictOf(answer);
    this.note(answer, verdict);
    this.planner.take(step, sender, verdict, this.context.clock.now());
    if (verdict.kind !== 'failed') this.context.changed(this.status);
    if (verdict.kind !== 'accepted') return verdict;
    if (step.kind === 'register' || step.kind === 'join') this.lists.keep(answer);
    if (step.kind === 'register') this.proof.prove(sender.peerId, answer);
    return verdict;
  }

  private send(step: Step, { peerId }: Sender): Promise<Answer> {
    if (step.kind === 'report') return this.reporter.report(step.identity);
    const action = step.kind === 'leave' ? 'LEAVE' : 'JOIN';
    const mode = step.kind === 'register' ? step.mode : step.identity.mode;
    const actions = step.swarmIds.map((swarmId): SwarmAction => ({ swarmId, action, mode }));
    return this.client.connect(actions, { addresses: this.context.addresses, peerId });
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
    if (verdict.kind !== 'accepted') this.denial = verdict;
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
