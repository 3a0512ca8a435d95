import { limits, type Micros } from '../limits';
import type { SwarmId } from '../swarm/metadata';
import type { InputOf } from './effects';

/** A half-open channel that is answered when the store told what it has of its swarm. */
export interface Waiting {
  /** Our ID of it. */
  readonly id: number;
  /** What asked for it, whole: if it proves to be none of ours, somebody else may want it. */
  readonly datagram: InputOf<'datagram'>;
}

interface Lookup {
  readonly askedAt: Micros;
  readonly waiting: Waiting[];
}

/** Swarms that the store is asked for, and who waits for its answer. Bounded; an answer that does not come is forgotten. */
export class Lookups {
  private readonly bySwarm = new Map<SwarmId, Lookup>();
  private count = 0;
  private bytes = 0;

  get full(): boolean {
    return this.count >= limits.lookupsMax || this.bytes >= limits.lookupBytesMax;
  }

  /** Has somebody wait; true if the store is yet to be asked. */
  add(swarmId: SwarmId, one: Waiting, now: Micros): boolean {
    this.count++;
    this.bytes += one.datagram.bytes.length;
    const lookup = this.bySwarm.get(swarmId);
    if (lookup === undefined) this.bySwarm.set(swarmId, { askedAt: now, waiting: [one] });
    else lookup.waiting.push(one);
    return lookup === undefined;
  }

  /** Who waits no longer, because the store answered. */
  take(swarmId: SwarmId): readonly Waiting[] {
    const { waiting = [] } = this.bySwarm.get(swarmId) ?? {};
    this.bySwarm.delete(swarmId);
    this.count -= waiting.length;
    for (const { datagram } of waiting) this.bytes -= datagram.bytes.length;
    return waiting;
  }

  /** Forgets what was not answered while anybody waited for it. */
  expire(now: Micros): void {
    for (const [swarmId, { askedAt }] of this.bySwarm) {
      if (now < askedAt + limits.halfOpen) return;
      this.take(swarmId);
    }
  }
}
