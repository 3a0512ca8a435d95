import { limits, type Micros } from '../limits';
import type { Swarm } from '../swarm/swarm';
import { Deadlines } from './deadlines';

interface Prospect {
  /** It is open for those who wait alone. */
  readonly isProvisional: boolean;
  readonly until: Micros;
}

/**
 * Swarms for which peers outside are called on behalf of somebody who was intercepted, and is not answered before one of them
 * is there, or who was answered and has not shown that he heard it. Bounded.
 */
export class Prospects {
  private readonly prospects = new Map<Swarm, Prospect>();
  private readonly deadlines = new Deadlines<Swarm>();

  /** `close` ends a swarm with all its channels. */
  constructor(private readonly close: (swarm: Swarm) => void) {}

  get full(): boolean {
    return this.prospects.size >= limits.prospectsMax;
  }

  has(swarm: Swarm): boolean {
    return this.prospects.has(swarm);
  }

  /** Peers outside are to be there until then at least, and to be called if there are none. */
  extend(swarm: Swarm, isProvisional: boolean, until: Micros): void {
    const earlier = this.prospects.get(swarm);
    const prospect = {
      isProvisional: earlier?.isProvisional ?? isProvisional,
      until: Math.max(until, earlier?.until ?? until),
    };
    this.prospects.set(swarm, prospect);
    this.deadlines.set(swarm, prospect.until);
    swarm.awaited = true;
    swarm.stir();
  }

  /** The swarm goes on by itself, or is closed. */
  forget(swarm: Swarm): void {
    if (!this.prospects.delete(swarm)) return;
    this.deadlines.set(swarm, undefined);
    swarm.awaited = false;
    swarm.stir();
  }

  /** Gives up what nobody waits for any more. */
  expire(now: Micros): void {
    for (const swarm of this.deadlines.due(now)) {
      const isProvisional = this.prospects.get(swarm)?.isProvisional === true;
      this.forget(swarm);
      if (isProvisional && swarm.want === 'demand' && !swarm.members.hasSubscribers) this.close(swarm);
    }
  }

  nextTimeout(): Micros | undefined {
    return this.deadlines.next();
  }
}
