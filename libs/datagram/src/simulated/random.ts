/** A number in [0, 1). */
export type Random = () => number;

/** A seeded source of numbers: the same seed gives the same ones, so that a run can be replayed. Not for secrets. */
export function seededRandom(seed: number): Random {
  let state = seed | 0;
  return () => {
    // A Weyl sequence through a mixing function (SplitMix, Steele et al., OOPSLA 2014), in 32 bits.
    state = (state + 0x9e3779b9) | 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  };
}
