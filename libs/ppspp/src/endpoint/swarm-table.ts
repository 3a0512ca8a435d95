import type { SwarmContext } from '../swarm/context';
import { Swarm } from '../swarm/swarm';
import { limits, second, type Micros } from '../limits';
import type { SwarmId, SwarmMetadata } from '../swarm/metadata';
import type { Effect, Want } from './effects';
import type { SwarmRules } from './swarm-rules';

/** A swarm without channels is closed after this long; what the store has of it stays there. */
const idleLife = 30 * second;

/** All swarms that are open. */
export class SwarmTable {
  private readonly swarms = new Map<SwarmId, Swarm>();
  /** Opened for somebody who may not be there; some of them are closed by now, or have channels. */
  private readonly unproven = new Set<Swarm>();

  constructor(
    private readonly context: SwarmContext,
    private readonly rules: SwarmRules,
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
    swarm.limit(this.rules.limitsOf(metadata.swarmId), 0);
    this.swarms.set(metadata.swarmId, swarm);
    return swarm;
  }

  /** False when too many are open for callers of whom none proved to be there. */
  get admitsUnproven(): boolean {
    if (this.full) return false;
    if (this.unproven.size < limits.unprovenSwarmsMax) return true;
    for (const swarm of this.unproven) if (swarm.members.size > 0) this.unproven.delete(swarm);
    return this.unproven.size < limits.unprovenSwarmsMax;
  }

  /** Opens a stored swarm for a caller who has not proved to be there: for as long as he may take to do so. */
  openUnproven(metadata: SwarmMetadata): Swarm {
    const swarm = this.open(metadata, 'demand');
    this.unproven.add(swarm);
    return swarm;
  }

  close(swarm: Swarm): void {
    const { swarmId } = swarm.metadata;
    this.unproven.delete(swarm);
    if (this.swarms.get(swarmId) !== swarm) return;
    this.swarms.delete(swarmId);
    for (const channel of swarm.members) channel.end('left');
    const { fetchedBytes } = swarm;
    const servedBytes = swarm.servedBytes + swarm.guests.bytes;
    this.push({ kind: 'notice', notice: { type: 'swarm-closed', swarmId, servedBytes, fetchedBytes } });
  }

  /** Closes a swarm that nobody has been in for a while; the time at which that comes, or undefined. */
  idle(swarm: Swarm, now: Micros): Micros | undefined {
    const isUsed = swarm.members.size > 0 || swarm.want !== 'demand';
    if (isUsed) {
      swarm.idleSince = undefined;
      this.unproven.delete(swarm);
      return undefined;
    }
    swarm.idleSince ??= now;
    const endsAt = swarm.idleSince + (this.unproven.has(swarm) ? limits.halfOpen : idleLife);
    if (now < endsAt) return endsAt;
    this.close(swarm);
    return undefined;
  }
}
