/** Requests between two of a subscriber, by magnitude: 0, 1, 2 to 3, 4 to 7 and so on. */
const classes = 33;
/** So many more times than by chance, of all, must what was asked for before have been asked for before again. */
const trustedFrom = 0.5;

/** The magnitude of a number of requests between two of a subscriber. */
export function gapClass(requests: number): number {
  return 32 - Math.clz32(requests);
}

/**
 * Whether what a subscriber asked for before an object is worth being believed when it happened but once: whether in this trace, with
 * as many other requests in between, it mostly happened again when the object was asked for a second time, beyond chance.
 */
export class Trust {
  private readonly trials = new Float64Array(classes);
  private readonly repeated = new Float64Array(classes);
  private readonly byChance = new Float64Array(classes);

  /** An object was asked for a second time. `chance`: that it happens again by chance. */
  learn(gap: number, repeated: boolean, chance: number): void {
    this.trials[gap] = (this.trials[gap] ?? 0) + 1;
    if (repeated) this.repeated[gap] = (this.repeated[gap] ?? 0) + 1;
    this.byChance[gap] = (this.byChance[gap] ?? 0) + Math.min(chance, 1);
  }

  /** True if a single sequence with such a gap is to be believed. Where little is known, neighbouring gaps speak for it. */
  believes(gap: number): boolean {
    let [trials, beyond] = [1, 0];
    for (let near = Math.max(gap - 1, 0); near <= Math.min(gap + 1, classes - 1); near++) {
      const chance = this.byChance[near] ?? 0;
      trials += (this.trials[near] ?? 0) - chance;
      beyond += (this.repeated[near] ?? 0) - chance;
    }
    return beyond >= trustedFrom * trials;
  }
}
