import { random32 } from './random';

describe('random32', () => {
  const draws = Array.from({ length: 20_000 }, random32);

  it('gives whole numbers of 32 bits, each bit as often set as not', () => {
    expect(draws.every((draw) => Number.isInteger(draw) && draw >= 0 && draw < 2 ** 32)).toBe(true);
    for (let bit = 0; bit < 32; bit++) {
      const set = draws.filter((draw) => Math.floor(draw / 2 ** bit) % 2 === 1).length;
      // Ten standard deviations: a fair source is outside of them once in 10^22 times.
      expect(Math.abs(set - 10_000)).toBeLessThan(708);
    }
  });

  it('neither counts nor begins anew with its pool', () => {
    // Of 20,000 draws out of 2^32 some 0.05 are alike; twenty are so once in 10^45 times.
    expect(new Set(draws).size).toBeGreaterThan(draws.length - 20);
    const steps = draws.slice(1).map((draw, at) => draw - (draws[at] ?? 0));
    expect(new Set(steps).size).toBeGreaterThan(steps.length - 20);
  });
});
