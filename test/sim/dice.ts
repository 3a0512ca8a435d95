import { seededRandom, type Random } from '@weir/datagram';

/** Choices of a scene that follow from its seed alone. */
export class Dice {
  private readonly random: Random;

  constructor(seed: number) {
    this.random = seededRandom(seed * 104_729 + 17);
  }

  /** True with a probability. */
  chance(probability: number): boolean {
    return this.random() < probability;
  }

  /** A whole number, both ends included. */
  between(least: number, most: number): number {
    return least + Math.floor(this.random() * (most - least + 1));
  }

  /** One of several, of which there is at least one. */
  one<Value>(...values: readonly [Value, ...Value[]]): Value {
    return values[this.between(0, values.length - 1)] ?? values[0];
  }
}
