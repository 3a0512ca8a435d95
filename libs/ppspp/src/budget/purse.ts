import type { Micros } from '../limits';
import type { Urgency } from './link-budget';
import type { Throttle } from './throttle';
import type { Toll } from './toll';

/** Whom a purse is for. */
export interface PurseOwner {
  readonly toll: Toll;
  /** Of whom is to be asked: a number that its address has. */
  readonly peer: number;
  /** Bytes that a chunk takes on the link. */
  readonly chunkCost: number;
}

/** What one peer may be asked for in this turn for one swarm, in chunks. */
export class Purse {
  private readonly denied = new Set<Urgency>();

  constructor(
    private readonly throttle: Throttle,
    private readonly owner: PurseOwner,
    private readonly now: Micros,
  ) {}

  /** At most `wanted` chunks. Fewer, and who wants the others says so by `defer`. */
  room(urgency: Urgency, wanted: number): number {
    if (this.denied.has(urgency)) return 0;
    const { toll, peer, chunkCost } = this.owner;
    return Math.min(wanted, Math.ceil(this.throttle.credit({ toll, peer, urgency }, this.now) / chunkCost));
  }

  /** So many are asked for. */
  spend(urgency: Urgency, chunks: number): void {
    const { toll, peer, chunkCost } = this.owner;
    if (chunks > 0) this.throttle.spend({ toll, peer, urgency }, chunks * chunkCost, this.now);
  }

  /** There would be more to ask for. */
  defer(urgency: Urgency): void {
    if (this.denied.has(urgency)) return;
    this.denied.add(urgency);
    const { toll, peer } = this.owner;
    this.throttle.defer({ toll, peer, urgency }, this.now);
  }

  /** True if something had to wait. */
  get hasDeferred(): boolean {
    return this.denied.size > 0;
  }

  /** True if no more of this urgency may be asked for in this turn. */
  denies(urgency: Urgency): boolean {
    return this.denied.has(urgency);
  }
}
