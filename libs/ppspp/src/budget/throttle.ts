import { limits, type Micros } from '../limits';
import { Line } from './line';
import { urgencies, type LinkBudget, type Urgency } from './link-budget';
import type { Toll } from './toll';

/** Who wants to ask for something: a swarm by what bounds it, and the peer by a number that its address has. */
export interface Claim {
  readonly toll: Toll;
  readonly peer: number;
  readonly urgency: Urgency;
}

const never = Number.POSITIVE_INFINITY;

/**
 * Lets fetching wait where the budget of the outside link, a swarm's own bounds or a peer's are spent, and go on in turn: nobody who
 * waits is overtaken by whoever asks next.
 */
export class Throttle {
  private readonly lines: Readonly<Record<Urgency, Line<Toll>>> = {
    demand: new Line(),
    ahead: new Line(),
    background: new Line(),
  };
  /** Those whom nothing but time keeps from going on, for which there is no line. */
  private readonly later = new Map<Toll, Micros>();

  constructor(private readonly budget: LinkBudget | undefined) {}

  /** True if fetching for a swarm is bounded by anything. */
  bounds(toll: Toll): boolean {
    return this.budget !== undefined || toll.bounded;
  }

  /** Bytes that may be asked for now. */
  credit(claim: Claim, now: Micros): number {
    const { toll, peer, urgency } = claim;
    return Math.min(this.common(claim, now), toll.credit(urgency, now), this.budget?.creditOf(peer, now) ?? never);
  }

  /** They are asked for. */
  spend({ toll, peer, urgency }: Claim, bytes: number, now: Micros): void {
    toll.spend(urgency, bytes, now);
    this.lines[urgency].took(toll, bytes);
    this.budget?.spend(urgency, bytes, now);
    this.budget?.spendOf(peer, bytes, now);
  }

  /** More is wanted than may be asked for now: it is told when to go on. */
  defer(claim: Claim, now: Micros): void {
    const { toll, peer, urgency } = claim;
    if (this.budget !== undefined && this.common(claim, now) <= 0) {
      this.lines[urgency].join(toll, now);
      this.budget.wait(urgency, now);
    }
    const own = toll.readyAt(urgency, limits.budgetQuantum);
    const readyAt = Math.max(own, this.budget?.readyAtOf(peer, limits.budgetQuantum) ?? 0);
    if (readyAt <= now) return;
    const at = Math.min(readyAt, now + limits.budgetLook, this.later.get(toll) ?? never);
    this.later.set(toll, at);
  }

  /** True while something is wanted for a swarm that has to wait. */
  defers(toll: Toll): boolean {
    return this.later.has(toll) || urgencies.some((urgency) => this.lines[urgency].has(toll));
  }

  /** True while what subscribers of a swarm need has to wait for its turn. */
  presses(toll: Toll): boolean {
    return this.lines.demand.has(toll) || this.lines.ahead.has(toll) || this.later.has(toll);
  }

  /** What subscribers need has had to wait for a while: the budget is too small for it. */
  strained(now: Micros): boolean {
    return Math.max(this.lines.demand.waits(now), this.lines.ahead.waits(now)) >= limits.budgetStrain;
  }

  /** How long something of an urgency has waited in all. */
  waited(urgency: Urgency, now: Micros): Micros {
    return this.lines[urgency].waited(now);
  }

  /** A swarm is closed: where background has no rate, its turn may never come. */
  forget(toll: Toll, now: Micros): void {
    for (const urgency of urgencies) this.lines[urgency].leave(toll, now);
    this.later.delete(toll);
  }

  /** Lets those go on that may. */
  resume(now: Micros): void {
    for (const toll of this.due(now)) toll.resume(now);
  }

  /** When time alone lets somebody go on. */
  nextTimeout(now: Micros): Micros | undefined {
    let next = never;
    for (const urgency of urgencies) next = Math.min(next, this.turnAt(urgency, now) ?? never);
    for (const at of this.later.values()) next = Math.min(next, at);
    return next === never ? undefined : next;
  }

  private due(now: Micros): Toll[] {
    const due: Toll[] = [];
    for (const urgency of urgencies) {
      const at = this.turnAt(urgency, now);
      if (at !== undefined && at <= now) due.push(...this.turn(urgency, now));
    }
    for (const [toll, at] of this.later) if (at <= now) due.push(toll);
    for (const toll of due) this.later.delete(toll);
    return due;
  }

  private turn(urgency: Urgency, now: Micros): Toll[] {
    const line = this.lines[urgency];
    const ready = line.turn(this.budget?.credit(urgency, now) ?? never, now);
    if (!line.empty) this.budget?.wait(urgency, now);
    return ready;
  }

  /** Where there is no rate, and so no time, it is looked again: an operator's next window may bring one. */
  private turnAt(urgency: Urgency, now: Micros): Micros | undefined {
    const line = this.lines[urgency];
    if (line.empty || this.budget === undefined) return undefined;
    const readyAt = Math.min(
      this.budget.readyAt(urgency, limits.budgetQuantum, now),
      line.nextTurn + limits.budgetLook,
    );
    return Math.max(readyAt, line.nextTurn);
  }

  private common({ toll, urgency }: Claim, now: Micros): number {
    if (this.budget === undefined) return never;
    return this.lines[urgency].part(toll, this.budget.credit(urgency, now), now);
  }
}
