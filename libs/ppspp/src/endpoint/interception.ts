import { limits, type Micros } from '../limits';
import type { Swarm } from '../swarm/swarm';
import type { Address } from './address';
import type { EndpointFault } from './counters';
import type { InputOf, OpenedContent } from './effects';
import { isComplete, type Gate, type Request } from './gate';
import type { Hall } from './hall';
import { Prospects } from './prospects';

/** What a HANDSHAKE comes to: an answer now, which is undefined; an answer later; or none, and why. */
export type Verdict = 'wait' | EndpointFault | undefined;

/**
 * Decides on HANDSHAKEs that were meant for somebody else. Where we answer, the origin does not, so that they are answered only
 * where we can serve: at once from what is complete here, or what somebody outside sends us now; of anything else only when
 * somebody outside has answered us.
 */
export class Interception {
  /** The datapath cannot keep up: nobody new is answered. */
  overloaded = false;
  /** What nobody has stored could not be stored. */
  storeFull = false;
  readonly prospects: Prospects;

  constructor(
    private readonly hall: Hall,
    private readonly gate: Gate,
  ) {
    this.prospects = new Prospects((swarm) => {
      hall.leave(swarm);
    });
  }

  /** Of somebody whose swarm is open or was looked up in the store. */
  weigh(request: Request, datagram: InputOf<'datagram'>, content: OpenedContent | undefined, now: Micros): Verdict {
    const { from, origin } = datagram;
    const wasOpen = this.hall.swarms.find(request.metadata.swarmId) !== undefined;
    const fault = this.obstacle(datagram, now) ?? this.gate.welcome(from, request.opening, content, now);
    if (fault !== undefined || origin === undefined) return fault;
    const shortage = this.shortage(request, content, now);
    if (shortage !== undefined) return shortage;
    if (!wasOpen && content === undefined && this.prospects.full) return 'table-full';
    const swarm = this.gate.swarmOf(request.opening, from, now);
    if (typeof swarm === 'string') return swarm;
    return this.trust(swarm, origin, !wasOpen, now);
  }

  /** Somebody was answered in a swarm: peers outside stay, until he shows that he heard it. */
  answered(swarm: Swarm, now: Micros): void {
    if (this.prospects.has(swarm)) this.prospects.extend(swarm, false, now + limits.halfOpen);
  }

  private obstacle(datagram: InputOf<'datagram'>, now: Micros): EndpointFault | undefined {
    if (this.hall.parted.has(datagram, now)) return 'starved';
    if (this.overloaded) return 'overloaded';
    return this.hall.hasSlot(now) ? undefined : 'slots-taken';
  }

  /** What is not here could not be stored, or not be fetched. */
  private shortage(request: Request, content: OpenedContent | undefined, now: Micros): EndpointFault | undefined {
    if (this.storeFull && content === undefined && !this.holdsAny(request)) return 'store-full';
    return this.hall.throttle.strained(now) && !this.hasAll(request, content) ? 'budget-spent' : undefined;
  }

  private holdsAny({ metadata }: Request): boolean {
    const held = this.hall.swarms.find(metadata.swarmId)?.holdings.held;
    return held !== undefined && held.runCount > 0;
  }

  /** Nothing has to be fetched for him. */
  private hasAll({ metadata }: Request, content: OpenedContent | undefined): boolean {
    return this.hall.swarms.find(metadata.swarmId)?.holdings.complete ?? isComplete(content) ?? false;
  }

  private trust(swarm: Swarm, origin: Address, isProvisional: boolean, now: Micros): Verdict {
    if (swarm.holdings.complete) return undefined;
    this.name(swarm, origin, now);
    if (isSourced(swarm)) return undefined;
    if (this.prospects.full && !this.prospects.has(swarm)) return 'table-full';
    this.prospects.extend(swarm, isProvisional, now + limits.proof);
    return 'wait';
  }

  /** Whom a subscriber called has what he wants, as far as he knows. */
  private name(swarm: Swarm, address: Address, now: Micros): void {
    const { config, bans } = this.hall;
    if (config.isExternal?.(address) !== true || bans.has(address, now)) return;
    swarm.candidates.add([{ address, priority: 0, origin: 'subscriber' }], now);
    swarm.stir();
  }
}

/** True if a peer that we called has answered, and is there. */
function isSourced(swarm: Swarm): boolean {
  return swarm.sources().some(({ initiated, phase }) => initiated && phase === 'open');
}
