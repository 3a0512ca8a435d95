import {
  errorCodes,
  limits,
  type PeerAddress,
  type PeerInfo,
  type PeerMode,
  type Response,
  type StreamStats,
  type SwarmAction,
} from '@weir/ppstp';

import type { Answer, ConnectDetails } from './client/ppstp-client';
import { type Cancel, type Clock } from './clock';

/** `connecting`: never heard of yet. `failed`: the last request had no answer, or one that says so. */
export type TrackerSessionState = 'connecting' | 'connected' | 'failed';

/** One tracker, as an operator sees it. */
export interface TrackerStatus {
  readonly url: string;
  readonly state: TrackerSessionState;
  /** Why it is `failed`, for people. */
  readonly lastError: string | undefined;
  /** Unix milliseconds of the tracker's last valid answer. */
  readonly lastContact: number | undefined;
  /** Swarms that we are registered in there. */
  readonly swarms: number;
}

/** The client's methods that a session uses. */
export interface SessionClient {
  connect(actions: readonly SwarmAction[], details?: ConnectDetails): Promise<Answer>;
  find(swarmId: string): Promise<Answer>;
  statReport(stats?: readonly StreamStats[]): Promise<Answer>;
  close(): Promise<void>;
}

/** What a session has in common with those of the other trackers. */
export interface SessionContext {
  /** The swarms that we want to be in, at every tracker; owned by the registration. */
  readonly wanted: ReadonlyMap<string, PeerMode>;
  readonly addresses: readonly PeerAddress[];
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

/** First pause after a failure; doubles with each, up to the time between reports. */
const pauseMillis = 1_000;

/** `forgotten`: 03 (Forbidden Action), the answer to a peer that the tracker does not know. */
type Outcome = 'done' | 'forgotten' | 'failed';

/**
 * Keeps us registered at one tracker: compares the swarms that we want to be in with those that the tracker has us in,
 * and sends what makes them equal, one request at a time. A tracker that says 03 (Forbidden Action) has forgotten us
 * (RFC 7846 section 2.3.2 B), or ended our registration by its reading of table 6: then it has us nowhere, and the
 * comparison starts anew. So a tracker that restarts, or comes back, gets us back by its next answer.
 */
export class TrackerSession {
  /** What the tracker has of us, as far as we know. */
  private readonly registered = new Map<string, PeerMode>();
  /** How often we were forgotten: what was asked in an earlier era says nothing of this one. */
  private era = 0;
  private state: TrackerSessionState = 'connecting';
  /** Whether the last request had an answer, if only one that says no. */
  private reachable = false;
  private lastError: string | undefined;
  private lastContact: number | undefined;
  /** Runs of `settle` in a row that failed. */
  private failures = 0;
  private working: Promise<void> | undefined;
  private again = false;
  private reportDue = false;
  private stopping = false;
  private cancelTimer: Cancel | undefined;

  constructor(
    private readonly url: string,
    private readonly client: SessionClient,
    private readonly context: SessionContext,
  ) {}

  get status(): TrackerStatus {
    const { url, state, lastError, lastContact, registered } = this;
    return { url, state, lastError, lastContact, swarms: registered.size };
  }

  /** To be called when the wanted swarms have changed. The tracker is told at once, or when it is tried again. */
  update(): void {
    if (this.stopping || this.failures > 0) return;
    this.again = true;
    this.work();
  }

  /**
   * Asks for peers of a swarm. Empty, without asking, while the tracker does not answer (the session tries it again by
   * itself) or while we are in no swarm there, which leaves us unregistered.
   */
  async find(swarmId: string): Promise<readonly PeerInfo[]> {
    await this.working;
    if (!this.answers()) return [];
    const { era } = this;
    const answer = await this.client.find(swarmId);
    if (!isForbidden(answer)) return this.listed(answer, swarmId);
    // Nobody is in that swarm, or the tracker has forgotten us: a sign of life tells which.
    if (!this.registered.has(swarmId) && this.note(await this.client.statReport()) !== 'forgotten') return [];
    if (this.era === era) this.forget();
    this.update();
    await this.working;
    return this.answers() ? this.listed(await this.client.find(swarmId), swarmId) : [];
  }

  /** Leaves all swarms, if that can be done in `leaveMillis`, and stops. */
  async stop(): Promise<void> {
    this.stopping = true;
    this.cancelTimer?.();
    const cancel = this.context.clock.after(this.context.leaveMillis, () => void this.client.close());
    await this.working;
    if (this.reachable) await this.send(this.leaves([...this.registered.keys()]));
    cancel();
    await this.client.close();
  }

  private answers(): boolean {
    return !this.stopping && this.reachable && this.registered.size > 0;
  }

  private work(): void {
    this.working ??= this.settle().finally(() => {
      this.working = undefined;
    });
  }

  private async settle(): Promise<void> {
    let outcome: Outcome;
    do {
      this.again = false;
      outcome = await this.report();
      if (outcome !== 'failed') outcome = await this.reconcile();
      // The first time, the tracker may have forgotten us.
      if (outcome === 'forgotten') outcome = await this.reconcile();
      if (outcome === 'forgotten') this.fail('refuses us: error 03');
    } while (outcome === 'done' && this.wakeful);
    this.failures = outcome === 'done' ? 0 : this.failures + 1;
    this.schedule();
  }

  /** Whether something has changed meanwhile. */
  private get wakeful(): boolean {
    return this.again && !this.stopping;
  }

  private schedule(): void {
    this.cancelTimer?.();
    if (this.stopping) return;
    this.cancelTimer = this.context.clock.after(this.pause(), () => {
      this.reportDue = true;
      this.work();
    });
  }

  private pause(): number {
    const { reportMillis, random } = this.context;
    // Peers that started together must not report together.
    if (this.failures === 0) return reportMillis * (0.9 + 0.1 * random());
    return Math.min(pauseMillis * 2 ** (this.failures - 1), reportMillis) * (0.5 + 0.5 * random());
  }

  /** STAT_REPORT, which "MUST be sent periodically" (RFC 7846 section 2.2); a keep-alive if there is nothing to report. */
  private async report(): Promise<Outcome> {
    if (!this.reportDue || this.registered.size === 0) return 'done';
    this.reportDue = false;
    const stats = (await this.context.stats()).filter(({ swarmId }) => this.registered.has(swarmId));
    const groups = stats.length === 0 ? [[]] : groupsOf(stats, limits.statsPerReportMax);
    for (const group of groups) {
      const outcome = this.note(await this.client.statReport(group));
      if (outcome !== 'done') return outcome;
    }
    return 'done';
  }

  /**
   * Sends what the tracker lacks. JOINs come before LEAVEs, since to leave the last swarm ends the registration, and
   * modes apart, since table 6 has no row that mixes them.
   */
  private async reconcile(): Promise<Outcome> {
    if (this.stopping) return 'done';
    const { wanted } = this.context;
    const lacking = [...wanted].filter(([swarmId, mode]) => this.registered.get(swarmId) !== mode);
    const joins = lacking.map(([swarmId, mode]): SwarmAction => ({ swarmId, action: 'JOIN', mode }));
    const unwanted = [...this.registered.keys()].filter((swarmId) => !wanted.has(swarmId));
    const seeds = joins.filter(({ mode }) => mode === 'SEEDER');
    const leeches = joins.filter(({ mode }) => mode === 'LEECH');
    for (const actions of [seeds, leeches, this.leaves(unwanted)]) {
      const outcome = await this.send(actions);
      if (outcome !== 'done') return outcome;
    }
    return 'done';
  }

  private leaves(swarmIds: readonly string[]): SwarmAction[] {
    return swarmIds.map((swarmId) => ({ swarmId, action: 'LEAVE', mode: this.registered.get(swarmId) ?? 'LEECH' }));
  }

  /** Sends actions, as many in each CONNECT as fit, up to the first that is not accepted. */
  private async send(actions: readonly SwarmAction[]): Promise<Outcome> {
    for (const group of groupsOf(actions, limits.actionsPerConnectMax)) {
      const answer = await this.client.connect(group, { addresses: this.context.addresses });
      const outcome = this.note(answer);
      if (outcome !== 'done') return outcome;
      this.record(group, answer);
    }
    return 'done';
  }

  /** What an accepted CONNECT has changed. An action without a result of its own has the result of the whole. */
  private record(actions: readonly SwarmAction[], answer: Answer): void {
    const results = answer.ok ? answer.response.results : [];
    const refused = new Set(results.flatMap(({ swarmId, successful }) => (successful ? [] : [swarmId])));
    for (const { swarmId, action, mode } of actions) {
      if (action === 'LEAVE') this.registered.delete(swarmId);
      else if (!refused.has(swarmId)) this.registered.set(swarmId, mode);
    }
    this.context.changed(this.status);
  }

  private listed(answer: Answer, swarmId: string): readonly PeerInfo[] {
    if (isForbidden(answer) || this.note(answer) !== 'done' || !answer.ok) return [];
    return answer.response.results.find((result) => result.swarmId === swarmId)?.peers ?? [];
  }

  /** Takes note of how the tracker is. */
  private note(answer: Answer): Outcome {
    this.reachable = answer.ok;
    if (!answer.ok) return this.fail(answer.reason);
    this.lastContact = this.context.clock.now();
    const { errorCode } = answer.response;
    if (isForbidden(answer)) return this.forget();
    if (errorCode !== errorCodes.noError) return this.fail(`refuses us: error ${String(errorCode).padStart(2, '0')}`);
    this.become('connected', undefined);
    this.takeCertificates(answer.response);
    return 'done';
  }

  /** Of swarms that we are in; a tracker may put them into any answer (RFC 7574 section 12.2.2). */
  private takeCertificates({ results }: Response): void {
    for (const { swarmId, certificate } of results)
      if (certificate !== undefined && this.context.wanted.has(swarmId)) this.context.certified(swarmId, certificate);
  }

  private fail(reason: string): Outcome {
    if (this.stopping) return 'failed';
    this.become('failed', reason);
    if (this.working === undefined && this.failures === 0) {
      // It was a look-up that failed: the next report would come too late to find out whether the tracker is back.
      this.failures = 1;
      this.schedule();
    }
    return 'failed';
  }

  private forget(): Outcome {
    this.registered.clear();
    this.era++;
    return 'forgotten';
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

function groupsOf<Item>(items: readonly Item[], sizeMax: number): readonly Item[][] {
  const groups: Item[][] = [];
  for (let start = 0; start < items.length; start += sizeMax) groups.push(items.slice(start, start + sizeMax));
  return groups;
}
