import type { Channel } from '../channel/channel';
import type { Candidates } from '../swarm/candidates';
import { limits, type Micros } from '../limits';

/** Holds calls to peers back that nobody but other peers named. RFC 7574 sections 12.2.1 and 12.2.3. */
export class Restraint {
  private calledAt: Micros = Number.NEGATIVE_INFINITY;

  /**
   * Whether one such peer may be called now, beside those that were called already: seldom, so that nobody can have us
   * flood a third party; and only while as many established peers are of a tracker's or an operator's naming.
   */
  allows(called: readonly Channel[], candidates: Candidates, now: Micros): boolean {
    return now >= this.nextAt && hasPlace(called, candidates);
  }

  /** One was called. */
  called(now: Micros): void {
    this.calledAt = now;
  }

  /** When the next may be called. */
  get nextAt(): Micros {
    return this.calledAt + limits.exchangeCall;
  }
}

function hasPlace(called: readonly Channel[], candidates: Candidates): boolean {
  let trusted = 0;
  let others = 0;
  for (const { address, phase } of called) {
    if (candidates.originOf(address) === 'exchange') others++;
    else if (phase === 'open') trusted++;
  }
  return others < trusted;
}
