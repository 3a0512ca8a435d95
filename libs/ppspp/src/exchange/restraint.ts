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
    const { trusted, others } = count(called, candidates);
    return now >= this.nextAt && others.length < trusted;
  }

  /**
   * Those that were called and of whom there are too many now: when peers leave that a tracker or an operator named, as many
   * have to be let go, the ones that sent nothing for longest first. One stays in any case: it is asked of nobody to go on
   * without any peer, and who else there is a tracker tells meanwhile.
   */
  excess(called: readonly Channel[], candidates: Candidates): Channel[] {
    const { trusted, others } = count(called, candidates);
    return others
      .sort((one, other) => other.downloader.deliveredAt - one.downloader.deliveredAt)
      .slice(Math.max(1, trusted));
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

function count(called: readonly Channel[], candidates: Candidates): { trusted: number; others: Channel[] } {
  let trusted = 0;
  const others: Channel[] = [];
  for (const channel of called) {
    const origin = candidates.originOf(channel.address);
    if (origin === 'exchange') others.push(channel);
    else if (channel.phase === 'open' && origin !== 'subscriber') trusted++;
  }
  return { trusted, others };
}
