/** Chance that a seed repeats. */
export interface Dice {
  /** From 0 to 1, which it never is. */
  share(): number;
  /** A whole number from 0 to `count - 1`. */
  below(count: number): number;
  chance(probability: number): boolean;
}

/** Dice that depend on the seed alone. */
export function diceOf(seed: number): Dice {
  let state = Math.imul(seed + 1, 2654435761) >>> 0;
  const share = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return { share, below: (count) => Math.floor(share() * count), chance: (probability) => share() < probability };
}
