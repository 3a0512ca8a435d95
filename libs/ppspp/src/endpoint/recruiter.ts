import type { Channel } from '../channel/channel';
import { Restraint } from '../exchange/restraint';
import { limits, type Micros } from '../limits';
import type { Swarm } from '../swarm/swarm';
import type { Bans } from './bans';
import type { Caller } from './caller';
import type { Notice } from './effects';
import { Starvation } from './starvation';
import type { SwarmTable } from './swarm-table';

/** What the recruiter shares with its endpoint. */
export interface RecruiterParts {
  readonly swarms: SwarmTable;
  readonly bans: Bans;
  readonly caller: Caller;
  readonly notify: (notice: Notice) => void;
  /** Ends a channel for the sake of another, or because it is needed no more. */
  readonly dismiss: (channel: Channel, ending: 'left' | 'stalled') => void;
  /** Ends an intercepted channel, whose peer is to go on with its origin. */
  readonly part: (channel: Channel) => void;
}

const never = Number.POSITIVE_INFINITY;

/** Finds peers for swarms that fetch, and lets go of those of swarms that do not. */
export class Recruiter {
  /** Swarms that wanted something when they were last looked at. */
  private readonly wanting = new WeakSet<Swarm>();
  private readonly restraint = new Restraint();
  private readonly starvation = new Starvation();

  constructor(private readonly parts: RecruiterParts) {}

  /** Looks after one swarm; tells when to look again, or undefined if only an event can change anything. */
  tend(swarm: Swarm, now: Micros): Micros | undefined {
    const { swarms } = this.parts;
    if (swarms.find(swarm.metadata.swarmId) !== swarm) return undefined;
    const told = swarm.announce(now) ?? never;
    for (const channel of this.starvation.victims(swarm, now)) this.parts.part(channel);
    const at = Math.min(told, this.staff(swarm, now) ?? never, this.starvation.nextTimeout(swarm) ?? never);
    return at === never ? undefined : at;
  }

  private staff(swarm: Swarm, now: Micros): Micros | undefined {
    const { swarms } = this.parts;
    if (!isRecruiting(swarm)) {
      for (const channel of swarm.sources()) if (!channel.serves) this.parts.dismiss(channel, 'left');
      this.wanting.delete(swarm);
      return swarms.idle(swarm, now);
    }
    if (!this.isWanting(swarm, now)) return undefined;
    this.contact(swarm, now);
    const isLacking = swarm.candidates.lacking(now);
    if (isLacking) this.call(swarm, now);
    const callAt = isLacking ? swarm.peersWantedAt + limits.peersWanted : Number.POSITIVE_INFINITY;
    const deadline = swarm.candidates.deadline(now) ?? Number.POSITIVE_INFINITY;
    const at = Math.min(callAt, deadline, this.exchangeAt(swarm, now));
    return Number.isFinite(at) ? at : undefined;
  }

  /** Time in which nothing was wanted does not count against those who sent nothing. */
  private isWanting(swarm: Swarm, now: Micros): boolean {
    if (!swarm.wanting && !isAwaited(swarm)) {
      this.wanting.delete(swarm);
      return false;
    }
    if (!this.wanting.has(swarm)) swarm.candidates.progressed(now);
    this.wanting.add(swarm);
    return true;
  }

  private contact(swarm: Swarm, now: Micros): void {
    const { candidates } = swarm;
    let called = swarm.sources().filter(({ initiated }) => initiated);
    for (const channel of this.restraint.excess(called, candidates)) this.parts.dismiss(channel, 'left');
    called = called.filter(({ closed }) => !closed);
    // One that does not deliver is kept, for it may again, and another takes its place meanwhile.
    const idle = called.filter(({ downloader }) => downloader.hampered).length;
    let open = called.length - Math.min(idle, limits.sparePeersMax);
    if (open >= limits.fetchPeersMax && swarm.candidates.impatient(now)) open -= this.rotate(called, now);
    while (open < limits.fetchPeersMax && this.parts.caller.mayCall) {
      const isOpen = this.restraint.allows(called, swarm.candidates, now);
      const candidate = swarm.candidates.next(now, { isOpen, isUrgent: swarm.awaited });
      if (candidate === undefined) return;
      if (this.parts.bans.has(candidate.address, now)) swarm.candidates.remove(candidate.address);
      else {
        called.push(this.parts.caller.call(swarm, candidate, now));
        if (candidate.origin === 'exchange') this.restraint.called(now);
        open++;
      }
    }
  }

  /** When a peer that another named, and that waits, may be called; never, if only an event can change that. */
  private exchangeAt(swarm: Swarm, now: Micros): Micros {
    const { nextAt } = this.restraint;
    return nextAt > now && swarm.candidates.exchangeReady(now) ? nextAt : Number.POSITIVE_INFINITY;
  }

  /** Gives up the peer that sent nothing for longest, that another may be tried; tells how many places that makes. */
  private rotate(called: readonly Channel[], now: Micros): number {
    const [idlest] = [...called].sort((one, other) => one.downloader.deliveredAt - other.downloader.deliveredAt);
    if (idlest === undefined || now < idlest.downloader.deliveredAt + limits.rotation) return 0;
    this.parts.dismiss(idlest, 'stalled');
    return 1;
  }

  private call(swarm: Swarm, now: Micros): void {
    if (now - swarm.peersWantedAt < limits.peersWanted) return;
    swarm.peersWantedAt = now;
    this.parts.notify({ type: 'peers-wanted', swarmId: swarm.metadata.swarmId });
  }
}

/** Somebody outside has to be there before somebody who was intercepted is answered. */
function isAwaited({ awaited, opened, want, holdings }: Swarm): boolean {
  return awaited && opened && want !== 'none' && !holdings.complete;
}

function isRecruiting(swarm: Swarm): boolean {
  return swarm.fetching || isAwaited(swarm);
}
