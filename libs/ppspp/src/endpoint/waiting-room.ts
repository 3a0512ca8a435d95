import { limits, type Micros } from '../limits';
import type { SwarmId } from '../swarm/metadata';
import type { InputOf } from './effects';
import type { FlowTable } from './flows';

/** A half-open channel that is answered when it is known whether its swarm can be served. */
export interface Waiting {
  /** Our ID of it. */
  readonly id: number;
  readonly swarmId: SwarmId;
  /** What asked for it, whole: if it proves to be none of ours, somebody else may want it. */
  readonly datagram: InputOf<'datagram'>;
  readonly since: Micros;
}

/**
 * Who waits for the store to tell what it has of a swarm, or for a peer outside to answer in it. Bounded; nobody waits for
 * long, and whoever was intercepted for less than its peer does before it tries again.
 */
export class WaitingRoom {
  private readonly bySwarm = new Map<SwarmId, Set<Waiting>>();
  /** In the order in which they came. */
  private readonly called = new Set<Waiting>();
  private readonly intercepted = new Set<Waiting>();
  private bytes = 0;

  /** `flows` learns which flows those are on who were intercepted. */
  constructor(private readonly flows: FlowTable) {}

  get full(): boolean {
    return this.size >= limits.lookupsMax || this.bytes >= limits.lookupBytesMax;
  }

  get size(): number {
    return this.called.size + this.intercepted.size;
  }

  /** Has somebody wait; true if nobody has waited for this swarm. */
  add(one: Waiting): boolean {
    const others = this.bySwarm.get(one.swarmId);
    if (others === undefined) this.bySwarm.set(one.swarmId, new Set([one]));
    else others.add(one);
    this.lineOf(one).add(one);
    const { from, origin, bytes } = one.datagram;
    this.bytes += bytes.length;
    if (origin !== undefined) this.flows.add(from, origin);
    return others === undefined;
  }

  /** Those who wait for a swarm. */
  of(swarmId: SwarmId): readonly Waiting[] {
    return [...(this.bySwarm.get(swarmId) ?? [])];
  }

  /** All that were intercepted. */
  diverted(): readonly Waiting[] {
    return [...this.intercepted];
  }

  /** Somebody waits no longer; false if it did not. */
  leave(one: Waiting): boolean {
    if (!this.lineOf(one).delete(one)) return false;
    const { from, origin, bytes } = one.datagram;
    this.bytes -= bytes.length;
    if (origin !== undefined) this.flows.remove(from, origin);
    const others = this.bySwarm.get(one.swarmId);
    others?.delete(one);
    if (others?.size === 0) this.bySwarm.delete(one.swarmId);
    return true;
  }

  /** Those who have waited too long. */
  overdue(now: Micros): readonly Waiting[] {
    return [...this.before(this.called, now - limits.halfOpen), ...this.before(this.intercepted, now - limits.proof)];
  }

  /** When the next one of those who were intercepted has waited too long. */
  nextTimeout(): Micros | undefined {
    for (const { since } of this.intercepted) return since + limits.proof;
    return undefined;
  }

  private before(line: Set<Waiting>, time: Micros): readonly Waiting[] {
    const overdue: Waiting[] = [];
    for (const one of line) {
      if (one.since > time) break;
      overdue.push(one);
    }
    return overdue;
  }

  private lineOf({ datagram }: Waiting): Set<Waiting> {
    return datagram.origin === undefined ? this.called : this.intercepted;
  }
}
