import type { Origin } from '../endpoint/effects';
import { nearnesses, type Nearness } from './standing';
import { octavesMax, type Speed } from './throughput';

/** What the order of peers depends on. */
export interface Ranked {
  readonly nearness: Nearness;
  readonly speed: Speed;
  /** As who named it says: lower is better. RFC 7846 section 3.2.3. */
  readonly priority: number;
  readonly failures: number;
  readonly defaults: number;
  readonly origin: Origin;
}

/** Behind all that trackers give, RFC 7846 section 3.2.3. */
export const lastPriority = 2 ** 20;

/** The first of those that a tracker names; an operator's come before. */
const firstPriority = 1;

/** Slow peers come behind all others that are as near. */
const slowLevel = 2 * lastPriority;

/** Levels of peers that are equally near. */
const levels = 2 * slowLevel;

/** Who did not send what it said it had comes after others, as if it had failed so often. */
const defaultWeight = 5;
const failuresMax = 15;

/**
 * Peers of a level are called together, those of the next only when nothing came for a while. A nearer one's is lower; among those that
 * are equally near, one that was measured and is not slow is as good as a tracker's best, and a slow one behind all others.
 */
export function levelOf({ nearness, speed, priority }: Pick<Ranked, 'nearness' | 'speed' | 'priority'>): number {
  const named = Math.min(priority, lastPriority);
  const base = levels * nearnesses.indexOf(nearness);
  if (speed.measured === 'slow') return base + slowLevel + named;
  return base + (speed.measured === 'fast' ? Math.min(named, firstPriority) : named);
}

/**
 * The order in which those are called that may be: the nearest, the fastest, the best of their trackers', those with the best record,
 * those that a tracker named rather than a peer. Lower is earlier.
 */
export function rankOf({ nearness, speed, priority, failures, defaults, origin }: Ranked): number {
  const record = Math.min(failures + defaultWeight * defaults, failuresMax);
  // Throughput in other swarms says nothing of one that fails in this.
  const octave = record > 0 ? Math.min(speed.octave, speed.most) : speed.octave;
  const slowness = nearnesses.indexOf(nearness) * (octavesMax + 1) + octavesMax - octave;
  const named = slowness * (lastPriority + 1) + Math.min(priority, lastPriority);
  return (named * (failuresMax + 1) + record) * 2 + (origin === 'exchange' ? 1 : 0);
}
