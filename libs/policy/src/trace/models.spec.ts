import * as fc from 'fast-check';
import { blankRequest, createModel, type TraceRequest } from './models';
import { Random } from './random';
import { defaultSettings, modelNames, type ModelName, type ModelSettings } from './settings';
import { Zipf } from './zipf';

function requestsOf(name: ModelName, count: number, seed: number, settings: Partial<ModelSettings> = {}) {
  const model = createModel(name, { ...defaultSettings(name), ...settings }, seed, count);
  return Array.from({ length: count }, (): TraceRequest => {
    const request = blankRequest();
    model.next(request);
    return request;
  });
}

describe.each(modelNames)('the model %s', (name) => {
  it('is the same for a seed, and another for another', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const first = requestsOf(name, 300, seed);
        expect(requestsOf(name, 300, seed)).toEqual(first);
        expect(requestsOf(name, 300, seed + 1)).not.toEqual(first);
      }),
      { numRuns: 20 },
    );
  });

  it('spreads its requests over the days, in order', () => {
    const millis = requestsOf(name, 20_000, 7).map((request) => request.millis);
    expect(millis.every((time, index) => time >= (millis[index - 1] ?? 0))).toBe(true);
    expect((millis.at(-1) ?? 0) / 86_400_000).toBeCloseTo(7, 0);
  });

  it('stays within its subscribers and bytes', () => {
    const requests = requestsOf(name, 5_000, 3, { subscribers: 50, bytes: 1_000 });
    expect(new Set(requests.map(({ subscriber }) => subscriber)).size).toBe(50);
    expect(requests.every(({ bytes, subscriber }) => bytes === 1_000 && subscriber < 50)).toBe(true);
  });
});

describe('ranks', () => {
  it.each([
    [0.9, 0],
    [1, 0],
    [0.7, 25],
    [1.3, 3],
    [0, 0],
  ])('are as likely as (k + shift)^-%d, shift %d', (alpha, shift) => {
    const [ranks, draws] = [50, 100_000];
    const drawn = new Array<number>(ranks).fill(0);
    const zipf = new Zipf(ranks, alpha, shift);
    const random = new Random(42);
    for (let draw = 0; draw < draws; draw++) {
      const rank = zipf.draw(random);
      drawn[rank] = (drawn[rank] ?? 0) + 1;
    }
    const weights = drawn.map((_, rank) => (rank + 1 + shift) ** -alpha);
    const whole = weights.reduce((sum, weight) => sum + weight, 0);
    const distance = weights.reduce((sum, weight, rank) => {
      const expected = (weight / whole) * draws;
      return sum + ((drawn[rank] ?? 0) - expected) ** 2 / expected;
    }, 0);
    // Chi-square with 49 degrees of freedom is above 94 once in 10,000 times.
    expect(distance).toBeLessThan(94);
  });

  it('are few where there are few', () => {
    const random = new Random(1);
    expect(new Zipf(1, 0.9, 0).draw(random)).toBe(0);
  });
});

describe('mzipf', () => {
  it('replaces a share of its objects each day', () => {
    const settings = { titles: 1_000, churn: 0.1, days: 3, alpha: 0 };
    const requests = requestsOf('mzipf', 30_000, 5, settings);
    const newest = (day: number) =>
      Math.max(...requests.filter(({ millis }) => Math.floor(millis / 86_400_000) === day).map(({ title }) => title));
    expect([newest(0), newest(1), newest(2)]).toEqual([999, 1_099, 1_199]);
  });
});

describe('vod', () => {
  const requests = requestsOf('vod', 200_000, 11);

  it('asks for beginnings most: some leave early', () => {
    const asked = (first: number, last: number) =>
      requests.filter(({ segment }) => segment >= first && segment < last).length;
    expect(asked(0, 10)).toBeGreaterThan(1.5 * asked(20, 30));
  });

  it('goes from a segment to the next, and jumps now and then', () => {
    const [one] = [requestsOf('vod', 20_000, 2, { sessions: 1 })];
    const steps = one.slice(1).map(({ title, segment }, index) => {
      const before = one[index];
      if (before?.title !== title) return 'begun';
      return segment === before.segment + 1 ? 'on' : 'jump';
    });
    const share = (kind: string) => steps.filter((step) => step === kind).length / steps.length;
    expect(share('on')).toBeGreaterThan(0.95);
    expect(share('jump')).toBeGreaterThan(0.002);
    expect(share('begun')).toBeGreaterThan(0.005);
  });
});

describe('mixed', () => {
  it('marks what is live, whose newest segments are asked for, by many', () => {
    const live = requestsOf('mixed', 100_000, 9).filter((request) => request.live);
    expect(live.length / 100_000).toBeCloseTo(0.4, 1);
    const segments = new Set(live.map(({ title, segment }) => `${title}/${segment}`)).size;
    expect(live.length / segments).toBeGreaterThan(10);
    expect(live.at(-1)?.segment).toBeGreaterThan(20);
  });
});
