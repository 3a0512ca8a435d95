import type { SwarmId } from '@weir/ppspp';
import { swarmFilter, type SwarmRules } from './swarm-rules';

/** Which swarms are served now: as configured, but for those that operators blocked meanwhile. */
export class SwarmGate {
  private readonly isServed: (swarmId: SwarmId) => boolean;
  private readonly blocked: Set<SwarmId>;

  constructor(configured: SwarmRules | undefined, blocked: Iterable<SwarmId> = []) {
    this.isServed = configured === undefined ? () => true : swarmFilter(configured);
    this.blocked = new Set(blocked);
  }

  admits(swarmId: SwarmId): boolean {
    return !this.blocked.has(swarmId) && this.isServed(swarmId);
  }

  /** Every swarm that operators blocked. */
  get list(): readonly SwarmId[] {
    return [...this.blocked];
  }

  set(swarmId: SwarmId, isBlocked: boolean): void {
    if (isBlocked) this.blocked.add(swarmId);
    else this.blocked.delete(swarmId);
  }
}
