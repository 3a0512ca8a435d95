import { addressKey, type Address } from '../endpoint/address';
import { limits, type Micros, second } from '../limits';

/** What a source delivered: content bytes that verified, and the time in which they were awaited. */
export interface Delivery {
  readonly bytes: number;
  readonly awaited: Micros;
}

/** How a peer compares to the others that were measured. */
export interface Speed {
  /** Doubling the throughput makes it one more. One of which nothing is known is taken to be as fast as most. */
  readonly octave: number;
  /** The octave of most. */
  readonly most: number;
  /** `slow` is a fraction of what most deliver; what is not is `fast`. */
  readonly measured: 'fast' | 'slow' | undefined;
}

/** That of a peer where none was measured. */
export const typicalSpeed: Speed = { octave: 0, most: 0, measured: undefined };

interface Measured extends Delivery {
  readonly at: Micros;
  /** Logarithm to base 2 of bytes a second. */
  readonly level: number;
}

/** Octaves below what most deliver at which a peer is slow: a quarter. */
const slowOctaves = 2;

/** Octaves that are told apart: 2^40 bytes a second is more than any. */
export const octavesMax = 40;

/**
 * What peers delivered, over all swarms, so that the fast ones are called first the next time. Bounded: who was measured longest ago
 * is forgotten first, and everybody after a while, since a network changes.
 */
export class Throughput {
  /** In the order in which they were last measured. */
  private readonly measured = new Map<string, Measured>();
  private levels = 0;

  /** Takes what a peer delivered since it was last measured; older deliveries count for half after each `throughputHalf`. */
  note(address: Address, { bytes, awaited }: Delivery, now: Micros): void {
    this.expire(now);
    const key = addressKey(address);
    const before = this.measured.get(key);
    const weight = before === undefined ? 0 : 2 ** ((before.at - now) / limits.throughputHalf);
    const sum = {
      bytes: bytes + weight * (before?.bytes ?? 0),
      awaited: awaited + weight * (before?.awaited ?? 0),
    };
    this.forget(key);
    if (this.measured.size >= limits.throughputPeersMax) this.forgetOldest();
    const level = levelOf(sum);
    this.levels += level;
    this.measured.set(key, { ...sum, at: now, level });
  }

  /** How a peer compares to the others. */
  speed(address: Address, now: Micros): Speed {
    this.expire(now);
    if (this.measured.size === 0) return typicalSpeed;
    const mean = this.levels / this.measured.size;
    const most = Math.round(mean);
    const found = this.measured.get(addressKey(address));
    if (found === undefined) return { octave: most, most, measured: undefined };
    return { octave: Math.round(found.level), most, measured: found.level < mean - slowOctaves ? 'slow' : 'fast' };
  }

  private expire(now: Micros): void {
    for (const [key, { at }] of this.measured) {
      if (now - at <= limits.throughputLife) return;
      this.forget(key);
    }
  }

  private forgetOldest(): void {
    const [oldest] = this.measured.keys();
    if (oldest !== undefined) this.forget(oldest);
  }

  private forget(key: string): void {
    this.levels -= this.measured.get(key)?.level ?? 0;
    this.measured.delete(key);
    // What rounding left behind is not to add up.
    if (this.measured.size === 0) this.levels = 0;
  }
}

function levelOf({ bytes, awaited }: Delivery): number {
  const level = Math.log2(Math.max(1, (bytes * second) / Math.max(1, awaited)));
  return Math.min(octavesMax, level);
}
