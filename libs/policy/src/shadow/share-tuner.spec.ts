import { probationShares, shareAtFirst, ShareTuner } from './share-tuner';

/** Numbers by a seed, spread over 32 bits. */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 0x85eb_ca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2_ae35);
    return (mixed ^ (mixed >>> 16)) >>> 0;
  };
}

/** Fingerprint of an object: well mixed. */
function print(object: number): number {
  let mixed = Math.imul(object + 1, 0x9e37_79b1);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x85eb_ca6b);
  return (mixed ^ (mixed >>> 13)) >>> 0 || 1;
}

describe('the share of probation', () => {
  it('becomes small where few are asked for again and again, and the others once', () => {
    const tuner = new ShareTuner(1);
    tuner.fit(4_000);
    const draw = dice(1);
    for (let request = 0; request < 120_000; request++) {
      const popular = draw() % 2 === 0;
      tuner.access(print(popular ? draw() % 3_500 : 1e6 + request));
    }
    expect(tuner.share).toBe(probationShares[0]);
  });

  it('becomes all there is where what was asked for last is asked for next', () => {
    const tuner = new ShareTuner(1);
    tuner.fit(4_000);
    const draw = dice(2);
    for (let request = 0; request < 120_000; request++) {
      // Each object is asked for twice, with up to 3,800 others in between.
      const object = request % 2 === 0 ? request : request - 1 - 2 * (1_500 + (draw() % 400));
      tuner.access(print(Math.max(object, 0)));
    }
    expect(tuner.share).toBeGreaterThanOrEqual(0.5);
  });

  it('is what fits into memory, if that is less than the smallest', () => {
    const tuner = new ShareTuner(0.02);
    tuner.fit(4_000);
    const draw = dice(3);
    for (let request = 0; request < 120_000; request++) {
      tuner.access(print(draw() % 2 === 0 ? draw() % 3_500 : 1e6 + request));
    }
    expect(tuner.share).toBe(0.02);
  });

  it('stays where it is without a cache to speak of', () => {
    const tuner = new ShareTuner(1);
    tuner.fit(20);
    for (let request = 0; request < 50_000; request++) tuner.access(print(request % 100));
    expect(tuner.share).toBe(shareAtFirst);
    expect(tuner.stateBytes).toBe(0);
  });
});
