import { Audience } from '../audience';
import { Fingerprints } from '../numbers';
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

function tunerWith(shareInMemory: number) {
  const fingerprints = new Fingerprints(1);
  const tuner = new ShareTuner(shareInMemory, { fingerprints, audience: new Audience() });
  /** Objects are swarms of one segment: nobody comes to anything. */
  const ask = (object: number) => {
    const trail = fingerprints.trail(object);
    tuner.access(fingerprints.of(trail, 0), trail, 0);
  };
  return { tuner, ask };
}

describe('the share of probation', () => {
  it('becomes small where few are asked for again and again, and the others once', () => {
    const { tuner, ask } = tunerWith(1);
    tuner.restore(probationShares[3]);
    tuner.fit(4_000);
    const draw = dice(1);
    for (let request = 0; request < 120_000; request++) {
      const popular = draw() % 2 === 0;
      ask(popular ? draw() % 3_500 : 1e6 + request);
    }
    expect(tuner.share).toBeLessThanOrEqual(0.1);
  });

  it('becomes all there is where what was asked for last is asked for next', () => {
    const { tuner, ask } = tunerWith(1);
    tuner.fit(4_000);
    const draw = dice(2);
    for (let request = 0; request < 120_000; request++) {
      // Each object is asked for twice, with up to 3,800 others in between.
      const object = request % 2 === 0 ? request : request - 1 - 2 * (1_500 + (draw() % 400));
      ask(Math.max(object, 0));
    }
    expect(tuner.share).toBe(1);
  });

  it('is what fits into memory, if that is less than the smallest', () => {
    const { tuner, ask } = tunerWith(0.02);
    tuner.fit(4_000);
    const draw = dice(3);
    for (let request = 0; request < 120_000; request++) {
      ask(draw() % 2 === 0 ? draw() % 3_500 : 1e6 + request);
    }
    expect(tuner.share).toBe(0.02);
  });

  it.each([70, 120, 200])('becomes all there is, or a tenth again, in a cache of %d segments', (segments) => {
    const { tuner, ask } = tunerWith(0.1);
    tuner.restore(probationShares[2]);
    tuner.fit(segments);
    expect(tuner.share).toBe(shareAtFirst);
    const draw = dice(4);
    // Each object is asked for twice, with up to three quarters of the cache in between.
    const again = (request: number) => request - 1 - 2 * (draw() % Math.floor((segments * 3) / 8));
    for (let request = 0; request < 40_000; request++) ask(Math.max(request % 2 === 0 ? request : again(request), 0));
    expect(tuner.share).toBe(1);
    for (let request = 0; request < 120_000; request++) ask(draw() % 2 === 0 ? draw() % segments : 1e6 + request);
    expect(tuner.share).toBe(shareAtFirst);
  });

  it('takes no more memory in a small cache than in a larger one', () => {
    const bytesEach = (segments: number) => {
      const { tuner } = tunerWith(0.1);
      tuner.fit(segments);
      return tuner.stateBytes / segments;
    };
    expect(bytesEach(120)).toBeGreaterThan(0);
    expect(bytesEach(120)).toBeLessThan(1.1 * bytesEach(300));
  });

  it('stays where it is without a cache to speak of', () => {
    const { tuner, ask } = tunerWith(1);
    tuner.fit(60);
    for (let request = 0; request < 50_000; request++) ask(request % 40);
    expect(tuner.share).toBe(shareAtFirst);
    expect(tuner.stateBytes).toBe(0);
  });
});
