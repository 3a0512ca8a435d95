import { popularSwarmsMax } from './limits';

/** How much a swarm is asked for. */
export interface PopularSwarm {
  readonly swarmId: string;
  /** Times it was asked for, each of which counts half after an hour, a quarter after two. */
  readonly score: number;
}

interface Score {
  readonly value: number;
  readonly at: number;
}

/** Microseconds in which what was asked loses half of its weight: long against one broadcast, short against a day. */
const halfLife = 3_600_000_000;

/** Of the swarms that were not asked for longest, those among which the least popular one makes room. */
const candidatesMax = 8;

/**
 * Counts how often each swarm is asked for, and forgets with time. It keeps no address: who asked is nobody's business. Bounded:
 * for a new swarm one leaves that was asked for little, of those that were not asked for longest.
 */
export class SwarmPopularity {
  /** In the order in which they were last asked for. */
  private readonly scores = new Map<string, Score>();

  constructor(private readonly swarmsMax = popularSwarmsMax) {}

  get size(): number {
    return this.scores.size;
  }

  /** Somebody asked for a swarm. Time is whole microseconds. */
  ask(swarmId: string, now: number): void {
    const value = this.scoreOf(swarmId, now) + 1;
    if (!this.scores.delete(swarmId) && this.scores.size >= this.swarmsMax) this.forgetOne(now);
    this.scores.set(swarmId, { value, at: now });
  }

  scoreOf(swarmId: string, now: number): number {
    const score = this.scores.get(swarmId);
    return score === undefined ? 0 : decayed(score, now);
  }

  /** The most popular swarms, the first of them first. */
  top(count: number, now: number): PopularSwarm[] {
    return [...this.scores]
      .map(([swarmId, score]) => ({ swarmId, score: decayed(score, now) }))
      .sort((one, other) => other.score - one.score)
      .slice(0, count);
  }

  private forgetOne(now: number): void {
    let least: { readonly swarmId: string; readonly value: number } | undefined;
    let looked = 0;
    for (const [swarmId, score] of this.scores) {
      const value = decayed(score, now);
      if (least === undefined || value < least.value) least = { swarmId, value };
      if (++looked === candidatesMax) break;
    }
    if (least !== undefined) this.scores.delete(least.swarmId);
  }
}

function decayed({ value, at }: Score, now: number): number {
  return value * 0.5 ** ((now - at) / halfLife);
}
