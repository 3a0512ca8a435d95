import type { SwarmLimits } from '../budget/toll';
import { limits } from '../limits';
import type { SwarmId } from '../swarm/metadata';

const none: SwarmLimits = {};

/** What an operator said of single swarms, open or not. Bounded: whoever says it keeps it as well. */
export class SwarmRules {
  private readonly limited = new Map<SwarmId, SwarmLimits>();

  /** Bounds of a swarm; without any, those it had are forgotten. */
  limit(swarmId: SwarmId, given: SwarmLimits): void {
    const isBounded = Object.values(given).some((rate) => rate !== undefined);
    if (!isBounded) this.limited.delete(swarmId);
    else if (this.limited.has(swarmId) || this.limited.size < limits.swarmRulesMax) this.limited.set(swarmId, given);
  }

  limitsOf(swarmId: SwarmId): SwarmLimits {
    return this.limited.get(swarmId) ?? none;
  }
}
