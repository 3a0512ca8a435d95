import type { SwarmContext } from '../swarm/context';
import { Swarm } from '../swarm/swarm';
import { limits, second, type Micros } from '../limits';
import type { SwarmId, SwarmMetadata } from '../swarm/metadata';
import type { Effect, Want } from './effects';

/** A swarm without channels is closed after this long; what the store has of it stays there. */
const idleLife = 30 * second;

/** All swarms that are open. */
export class SwarmTable {
  private readonly swarms = new Map<SwarmId, Swarm>();

  constructor(
    private readonly context: SwarmContext,
    private readonly push: (effect: Effect) => void,
  ) {}

  find(swarmId: SwarmId): Swarm | undefined {
    return this.swarms.get(swarmId);
  }

  all(): IterableIterator<Swarm> {
    return this.swarms.values();
  }

  get full(): boolean {
    return this.swarms.size >= limits.swarmsMax;
  }

  get size(): number {
    return this.swarms.size;
  }

  open(metadata: SwarmMetadata, want: Want): Swarm {
    const swarm = new Swarm(metadata, want, this.context);
    this.swarms.set(metadata.swarmId, swarm);
    return swarm;
  }

  close(swarm: Swarm): void {
    const { swarmId } = swarm.metadata;
    if (!this.swarms.delete(swarmId)) return;
    for (const channel of swarm.members) channel.end('left');
    this.push({ kind: 'notice', notice: { type: 'swarm-closed', swarmId } });
  }

  /** Closes a swarm that nobody has been in for a while; the time at which that comes, or undefined. */
  idle(swarm: Swarm, now: Micros): Micros | undefined {
    const isUsed = swarm.members.size > 0 || swarm.want !== 'demand';
    if (isUsed) {
      swarm.idleSince = undefined;
      return undefined;
    }
    swarm.idleSince ??= now;
    if (now < swarm.idleSince + idleLife) return swarm.idleSince + idleLife;
    this.close(swarm);
    return undefined;
  }
}
