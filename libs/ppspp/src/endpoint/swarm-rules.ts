import type { SwarmLimits } from '../budget/toll';
import { limits } from '../limits';
import type { SwarmId } from '../swarm/metadata';

const none: SwarmLimits = {};

/** What an operator said of single swarms, open or not. Bounded: whoever says it keeps it as well. */
export class SwarmRules {
  private readonly blocked = new Set<SwarmId>();
  private readonly limited = new Map<SwarmId, SwarmLimits>();

  /** Nobody is to have anything of the swarm, or may again. */
  block(swarmId: SwarmId, isBlocked: boolean): void {
    if (!isBlocked) this.blocked.delete(swarmId);
    else if (this.blocked.size < limits.swarmRulesMax) this.blocked.add(swarmId);
  }

  blocks(swarmId: SwarmId): boolean {
    return this.blocked.has(swarmId);
  }

  /** Bounds of a swarm; without any, those it had are forgotten. */
  limit(swarmId: SwarmId, given: SwarmLimits): void {
    const isBounded = Object.values(given).some((rate) => rate !== undefined);
    if (!isBounded) this.limited.delete(swarmId);
    else if (this.limited.size < limits.swarmRulesMax) this.limited.set(swarmId, given);
  }

  limitsOf(swarmId: SwarmId): SwarmLimits {
    return this.limited.get(swarmId) ?? none;
  }
}
