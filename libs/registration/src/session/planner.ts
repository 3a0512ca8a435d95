import type { PeerMode } from '@weir/ppstp';

import { probesInRowMax, refusalsInRowMax } from '../limits';
import { Customs } from './customs';
import { Identities, type Identity } from './identities';
import { Refusals, type RefusedSwarm } from './refusals';
import { type Outlook, planSteps, type Step } from './steps';
import type { Verdict } from './verdict';

/** What a planner is told once. */
export interface PlannerOptions {
  /** Of the first identity. */
  readonly peerId: string;
  readonly freshId: () => string;
  readonly reportMillis: number;
  readonly random: () => number;
}

type Refused = Extract<Verdict, { kind: 'refused' }>;
type Failed = Extract<Verdict, { kind: 'failed' }>;
type Accepted = Extract<Verdict, { kind: 'accepted' }>;

/**
 * Keeps book of where a tracker has us, as whom, and decides what to send next: pure, without clock or network. Whatever
 * the tracker answers, each wanted swarm is registered, or is in the plan, or is refused with a time of its next try.
 */
export class Planner {
  readonly identities: Identities;
  readonly refusals: Refusals;
  readonly customs = new Customs();
  private readonly crowds = new Map<string, number>();
  private readonly left = new Set<Identity>();
  /** Swarms whose JOIN was refused while TRACKING: if they are accepted from START, that was the reason. */
  private contested: readonly string[] = [];
  private probing = false;
  /** Whether the last answer was an acceptance. */
  private heard = false;
  private steps: Step[] | undefined;

  constructor(private readonly options: PlannerOptions) {
    this.identities = new Identities(options.peerId, options.freshId);
    this.refusals = new Refusals(options.random);
  }

  /** To be called when what is wanted has changed, or time has passed. */
  replan(): void {
    this.steps = undefined;
  }

  /** The next request, or undefined if there is nothing to send now. */
  next(wanted: ReadonlyMap<string, PeerMode>, now: number): Step | undefined {
    this.steps ??= this.plan(wanted, now);
    return this.steps.pop();
  }

  /** When there will be something to send again, if nothing changes; Infinity if never. */
  get due(): number {
    let due = this.refusals.due;
    for (const { reportAt } of this.identities) due = Math.min(due, reportAt);
    return due;
  }

  /** The swarms that are refused, so many at most. */
  refused(max: number): readonly RefusedSwarm[] {
    return this.refusals.list(max);
  }

  /** Takes note of what became of a step. `identity` is who a registration was sent as. */
  take(step: Step, as: Sender, verdict: Verdict, now: number): void {
    if (verdict.kind === 'failed') this.failed(step, as, verdict, now);
    else if (verdict.kind === 'accepted') this.accepted(step, as, verdict, now);
    else this.denied(step, as, verdict, now);
  }

  /** The tracker has forgotten this identity, or ended its registration. */
  forgotten(identity: Identity, now: number): void {
    if (!this.identities.has(identity)) return;
    this.identities.forget(identity);
    this.left.delete(identity);
    if (this.contested.length > 0 && identity.mode === 'LEECH') {
      this.customs.suspectJoins(now);
      for (const swarmId of this.contested) this.crowds.delete(swarmId);
      this.contested = [];
    }
    this.customs.relearn(now);
    this.replan();
  }

  /** A report was accepted, but for the swarms that the tracker has the identity in no more. */
  reported(identity: Identity, without: Without): void {
    if (without.size === 0) return;
    for (const swarmId of without) if (identity.swarms.has(swarmId)) this.identities.leave(identity, swarmId);
    this.replan();
  }

  /**
   * The tracker has refused everything: that tells nothing of sizes. So what was learned is forgotten, and one swarm
   * alone asks from time to time.
   */
  startOver(): void {
    this.crowds.clear();
    this.customs.reset();
    this.contested = [];
    this.probing = true;
    this.replan();
  }

  /** The tracker is not asked any more, and forgets us by itself. */
  abandon(): void {
    for (const identity of [...this.identities]) this.identities.forget(identity);
    this.left.clear();
    this.replan();
  }

  /** Refusals in a row after which a tracker is left alone for a while. */
  get patience(): number {
    return this.probing && this.identities.size === 0 ? probesInRowMax : refusalsInRowMax;
  }

  /**
   * After a failure: one identity asks whether the tracker is there, and still knows it; the others whose reports are due
   * follow one by one, about so many milliseconds apart.
   */
  wake(now: number, apartMillis: number): void {
    const spread = apartMillis * this.identities.size;
    let first = true;
    for (const identity of this.identities) {
      if (first) identity.reportAt = now;
      else if (identity.reportAt <= now) identity.reportAt = now + spread * this.options.random();
      first = false;
    }
    this.replan();
  }

  private plan(wanted: ReadonlyMap<string, PeerMode>, now: number): Step[] {
    this.refusals.prune(wanted);
    for (const swarmId of this.crowds.keys()) if (!wanted.has(swarmId)) this.crowds.delete(swarmId);
    const { identities, customs, refusals, crowds, probing } = this;
    const outlook: Outlook = { identities, customs, refusals, crowds, probing };
    return planSteps(outlook, wanted, now).toReversed();
  }

  private accepted(step: Step, as: Sender, { without }: Accepted, now: number): void {
    this.heard = true;
    if (this.probing) this.replan();
    this.probing = false;
    switch (step.kind) {
      case 'report':
        step.identity.reportAt = now + this.options.reportMillis * (0.9 + 0.1 * this.options.random());
        step.identity.unsure = false;
        if (this.left.delete(step.identity)) this.customs.leaveSurvived = true;
        return;
      case 'register':
        return this.registered(step, as, without, now);
      case 'join':
        return this.joined(step, without);
      case 'leave':
        return this.leaving(step, now);
    }
  }

  private registered({ mode, swarmIds }: StepOf<'register'>, { peerId }: Sender, without: Without, now: number): void {
    const swarms = swarmIds.filter((swarmId) => !without.has(swarmId));
    if (swarms.length === 0) this.identities.giveBack(peerId);
    else this.begin({ peerId, mode, swarms: new Set(swarms), reportAt: now + this.firstReport(), unsure: false });
    if (swarms.length === swarmIds.length) this.customs.acceptedBatch(mode, swarms.length);
    for (const swarmId of swarms) {
      this.crowds.delete(swarmId);
      this.refusals.accept(swarmId);
    }
    if (mode === 'LEECH' && this.contested.length > 0 && this.contested.every((id) => swarms.includes(id))) {
      this.customs.forbidJoins(now);
      this.contested = [];
    }
    this.alone(swarmIds, without, 'refuses this swarm', now);
  }

  private begin(identity: Identity): void {
    this.identities.add(identity);
    // Others may be able to follow it now.
    if (identity.mode === 'LEECH') this.replan();
  }

  /** Identities that begin together must not report together for ever. */
  private firstReport(): number {
    return this.options.reportMillis * (0.5 + 0.5 * this.options.random());
  }

  private joined({ identity, swarmIds }: StepOf<'join'>, without: Without): void {
    if (!this.identities.has(identity)) return this.replan();
    for (const swarmId of swarmIds) {
      if (without.has(swarmId)) continue;
      this.identities.join(identity, swarmId);
      this.refusals.accept(swarmId);
    }
    if (without.size === 0) this.customs.acceptedJoin();
    else {
      this.contested = swarmIds.filter((swarmId) => without.has(swarmId));
      for (const swarmId of this.contested) this.crowds.set(swarmId, 1);
      this.replan();
    }
  }

  /** Some of a CONNECT were refused: each is tried alone, in an identity of its own, before it is given up for now. */
  private alone(swarmIds: readonly string[], without: Without, reason: string, now: number): void {
    const refused = swarmIds.filter((swarmId) => without.has(swarmId));
    if (refused.length === 0) return;
    if (swarmIds.length === 1) this.refuse(refused, { reason, operator: false }, now);
    for (const swarmId of refused) this.crowds.set(swarmId, 1);
    this.replan();
  }

  private leaving({ identity, swarmIds }: StepOf<'leave'>, now: number): void {
    for (const swarmId of swarmIds) this.identities.leave(identity, swarmId);
    if (!this.identities.has(identity) || this.customs.leaveSurvived) return;
    // By table 6 a LEAVE ends the registration: a sign of life tells how this tracker has it.
    this.left.add(identity);
    identity.reportAt = now;
    this.replan();
  }

  private denied(step: Step, as: Sender, verdict: Refused, now: number): void {
    this.heard = true;
    switch (step.kind) {
      case 'report':
        return this.forgotten(step.identity, now);
      case 'leave':
        for (const swarmId of step.swarmIds) this.identities.leave(step.identity, swarmId);
        return this.forgotten(step.identity, now);
      case 'join':
        return this.contest(step, now);
      case 'register':
        return this.unregistered(step, as, verdict, now);
    }
  }

  /** The tracker will not have JOINs while TRACKING, or not these, or has forgotten us: first, whether it has. */
  private contest({ identity, swarmIds }: StepOf<'join'>, now: number): void {
    this.contested = swarmIds;
    for (const swarmId of swarmIds) this.crowds.set(swarmId, this.customs.batchMax('LEECH'));
    identity.reportAt = now;
    this.replan();
  }

  private unregistered({ mode, swarmIds }: StepOf<'register'>, { used }: Sender, verdict: Refused, now: number): void {
    this.contested = [];
    this.replan();
    // It may be the peer ID that is refused: by table 6 a SEEDER's, as long as the tracker still knows it.
    if (used) this.identities.dropSpares();
    else if (swarmIds.length === 1) this.refuse(swarmIds, verdict, now);
    else this.halve(mode, swarmIds, now);
  }

  private refuse(swarmIds: readonly string[], { reason, operator }: Reason, now: number): void {
    for (const swarmId of swarmIds) {
      this.crowds.set(swarmId, 1);
      this.refusals.refuse(swarmId, reason, operator, now);
    }
  }

  private halve(mode: PeerMode, swarmIds: readonly string[], now: number): void {
    const size = Math.ceil(swarmIds.length / 2);
    for (const swarmId of swarmIds) this.crowds.set(swarmId, size);
    this.customs.refusedBatch(mode, swarmIds.length, now);
  }

  /** Who cuts a connection because a body is too long for it looks like who is gone: one swarm alone tells them apart. */
  private failed(step: Step, { peerId }: Sender, { shorter }: Failed, now: number): void {
    if (step.kind === 'register') this.identities.giveBack(peerId);
    if (shorter && (step.kind === 'register' || step.kind === 'join') && step.swarmIds.length > 1) {
      if (this.heard) this.halve(step.kind === 'join' ? 'LEECH' : step.mode, step.swarmIds, now);
      this.probing = true;
    }
    this.heard = false;
    this.replan();
  }
}

/** Who a step was sent as, and whether that peer ID may have a past at the tracker. */
export interface Sender {
  readonly peerId: string;
  readonly used: boolean;
}

type StepOf<Kind extends Step['kind']> = Extract<Step, { kind: Kind }>;
type Without = ReadonlySet<string>;
type Reason = Pick<Refused, 'reason' | 'operator'>;
