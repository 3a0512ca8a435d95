import type { SwarmId } from '@weir/ppspp';

/** Which swarms an operator lets be served, by their IDs in lower-case hex. */
export interface SwarmRules {
  /** None means all. */
  readonly allowed: readonly SwarmId[];
  /** Never, whatever is allowed. */
  readonly blocked: readonly SwarmId[];
}

/** Whether a swarm is served, as a question that costs no more with many rules. */
export function swarmFilter({ allowed, blocked }: SwarmRules): (swarmId: SwarmId) => boolean {
  const isAllowed = new Set(allowed);
  const isBlocked = new Set(blocked);
  return (swarmId) => (isAllowed.size === 0 || isAllowed.has(swarmId)) && !isBlocked.has(swarmId);
}
