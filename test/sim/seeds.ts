import {
  constantDelay,
  exponentialDelay,
  seededRandom,
  uniformDelay,
  type LinkModel,
  type Random,
} from '@weir/datagram';
import { CacheError } from '@weir/ppspp';

/** A seed failed. */
class SeedError extends CacheError<'SEED_FAILED'> {}

/**
 * Lets a scene play with each of `count` seeds after `from`; the first that fails is named. `WEIR_SEED` plays that one
 * alone, `WEIR_SEEDS` so many times as many.
 */
export async function eachSeed(count: number, scene: (seed: number) => Promise<void>, from = 0): Promise<void> {
  for (const seed of seedsOf(count, from)) {
    try {
      await scene(seed);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      throw new SeedError('SEED_FAILED', `seed ${String(seed)}: ${message}`, {}, { cause: error });
    }
  }
}

function seedsOf(count: number, from: number): number[] {
  const { WEIR_SEED: only, WEIR_SEEDS: times = '1' } = process.env;
  if (only !== undefined) return [Number(only)];
  const many = count * Number(times);
  return Array.from({ length: many }, (_, at) => from * Number(times) + at + 1);
}

/** Makes a seed fail that does not meet an expectation, for the reason given. */
export function expectThat(holds: boolean, claim: string): void {
  if (!holds) throw new SeedError('SEED_FAILED', `not so: ${claim}`);
}

/** A link as there are on the Internet, and some worse: up to a tenth of all datagrams is lost. */
export function anyLink(seed: number): Partial<LinkModel> {
  const random = seededRandom(seed * 7_919);
  const delays = [
    constantDelay(between(random, 500, 80_000)),
    uniformDelay(between(random, 500, 20_000), between(random, 20_000, 60_000)),
    exponentialDelay(between(random, 500, 10_000), between(random, 10_000, 40_000)),
  ];
  return {
    loss: random() < 0.3 ? 0 : random() * 0.1,
    duplication: random() < 0.5 ? 0 : random() * 0.05,
    reordering: random() < 0.5 ? 0 : random() * 0.1,
    reorderingMicros: between(random, 1_000, 40_000),
    delay: delays[Math.floor(random() * delays.length)] ?? constantDelay(1_000),
    bytesPerSecond: random() < 0.3 ? Number.POSITIVE_INFINITY : between(random, 250_000, 12_500_000),
    queueBytes: random() < 0.3 ? Number.POSITIVE_INFINITY : between(random, 15_000, 250_000),
  };
}

function between(random: Random, min: number, max: number): number {
  return Math.floor(min + random() * (max - min));
}
