import type { Throttle } from '../budget/throttle';
import type { Micros } from '../limits';
import { areAddressedAlike, type SwarmId } from '../swarm/metadata';
import type { Swarm } from '../swarm/swarm';
import type { Doorman } from './doorman';
import type { InputOf, Join, OpenedContent } from './effects';
import type { Hall } from './hall';
import type { Interception } from './interception';

/** What we are told of swarms, rather than hear of peers. */
export type SwarmOrder = InputOf<'join' | 'peers' | 'leave' | 'swarm-limits'>;

/** Whom the registrar works with. */
export interface RegistrarParts {
  readonly hall: Hall;
  readonly doorman: Doorman;
  readonly interception: Interception;
  readonly throttle: Throttle;
}

/** Opens and closes swarms on our own account, and does with them as an operator says. */
export class Registrar {
  constructor(private readonly parts: RegistrarParts) {}

  /** Does as told; the swarm that has to be looked at, if that is open. */
  take(order: SwarmOrder, now: Micros): Swarm | undefined {
    switch (order.kind) {
      case 'join':
        return this.join(order.join, now);
      case 'peers':
        return this.introduce(order, now);
      case 'leave':
        this.leaveAll(order.swarmId, now);
        return undefined;
      case 'swarm-limits':
        return this.limit(order, now);
    }
  }

  /** Closes a swarm; whom we have channels with is told. */
  leave(swarm: Swarm, now: Micros): void {
    const { hall, doorman, interception, throttle } = this.parts;
    hall.swarms.close(swarm);
    throttle.forget(swarm.toll, now);
    interception.prospects.forget(swarm);
    doorman.left(swarm.metadata.swarmId, now);
    for (const channel of swarm.members) hall.touch(channel);
  }

  private leaveAll(swarmId: SwarmId, now: Micros): void {
    const { hall, doorman } = this.parts;
    const swarm = hall.swarms.find(swarmId);
    if (swarm === undefined) doorman.left(swarmId, now);
    else this.leave(swarm, now);
  }

  private join({ metadata, want, content, trusted }: Join, now: Micros): Swarm | undefined {
    const { swarms } = this.parts.hall;
    const existing = swarms.find(metadata.swarmId);
    const swarm = existing ?? swarms.open(metadata, want);
    if (want === 'all' || swarm.want === 'all') swarm.want = want;
    if (existing === undefined) this.admit(swarm, { content, trusted }, now);
    else {
      swarm.holdings.state(metadata);
      swarm.stir();
    }
    return undefined;
  }

  /** What the store says wins over what a handshake proposed; who proposed otherwise is in another swarm. */
  private admit(
    swarm: Swarm,
    { content, trusted }: { readonly content: OpenedContent | undefined; readonly trusted: boolean },
    now: Micros,
  ): void {
    const given = swarm.metadata;
    const isOther = content !== undefined && !areAddressedAlike(content.record.metadata, given);
    if (isOther) this.leave(swarm, now);
    else swarm.open(content, trusted);
  }

  private introduce({ swarmId, peers }: InputOf<'peers'>, now: Micros): Swarm | undefined {
    const swarm = this.parts.hall.swarms.find(swarmId);
    swarm?.candidates.add(peers, now);
    swarm?.stir();
    return swarm;
  }

  private limit({ swarmId, limits }: InputOf<'swarm-limits'>, now: Micros): Swarm | undefined {
    const { rules, swarms } = this.parts.hall;
    rules.limit(swarmId, limits);
    const swarm = swarms.find(swarmId);
    swarm?.limit(rules.limitsOf(swarmId), now);
    return swarm;
  }
}
