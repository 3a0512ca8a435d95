import * as fc from 'fast-check';
import { blankRequest, createModel, defaultSettings, Random } from '../trace';
import { namedFrom, type Claims } from './claims';
import { recentPerSubscriber } from './limits';
import { RecentRequests } from './recent-requests';
import { TitleFinder } from './title-finder';
import type { Titles } from './titles';

type Request = readonly [object: number, subscriber: number];

/** Names that tell nothing. */
function nameless(objects: number): Claims {
  return { swarms: new Float64Array(objects), segments: new Uint32Array(objects) };
}

function found(requests: readonly Request[], claims: Claims): Titles {
  const finder = new TitleFinder();
  for (const [object, subscriber] of requests) finder.see(object, subscriber);
  return finder.titles(claims);
}

/** How people watch in a test. */
interface Watching {
  readonly seed: number;
  /** Sessions at a time of one subscriber. */
  readonly together: number;
  /** Share of requests for what has nothing to do with any title. */
  readonly noise: number;
  /** Chance of a jump after each segment. */
  readonly jump: number;
}

const titles = 30;
const segments = 40;
const others = 2_000;

/** Sessions of titles, `segments` long, of which the objects are numbered title by title; half of them end early. */
function watched({ seed, together, noise, jump }: Watching): Request[] {
  const random = new Random(seed);
  const sessions = Array.from({ length: 12 * together }, (_, at) => ({
    at: 0,
    left: 0,
    by: 1 + Math.floor(at / together),
  }));
  const requests: Request[] = [];
  while (requests.length < 20_000) {
    const session = sessions[random.below(sessions.length)];
    if (session === undefined) continue;
    if (session.left === 0) {
      const title = Math.min(random.below(titles), random.below(titles));
      session.at = title * segments;
      session.left = random.unit() < 0.5 ? segments : 1 + random.below(segments);
    }
    requests.push([session.at, session.by]);
    if (random.unit() < noise) requests.push([titles * segments + random.below(others), session.by]);
    session.at++;
    session.left--;
    const place = session.at % segments;
    if (session.left === 0 || random.unit() >= jump) continue;
    session.at += random.below(segments - place);
    session.left = Math.min(session.left, segments - (session.at % segments));
  }
  return requests;
}

/** Of the neighbours in titles that were found, the share that are neighbours in truth, or nearly. */
function rightShare({ swarms, segments: places }: Titles): number {
  const objects = new Map<string, number>();
  swarms.forEach((swarm, object) => objects.set(`${swarm}/${places[object] ?? 0}`, object));
  let [right, all] = [0, 0];
  swarms.forEach((swarm, object) => {
    const before = objects.get(`${swarm}/${(places[object] ?? 0) - 1}`);
    if (swarm === 0 || before === undefined) return;
    all++;
    const isOfOne = Math.floor(before / segments) === Math.floor(object / segments);
    if (isOfOne && object > before && object - before <= 3) right++;
  });
  return right / all;
}

const ways = [
  ['one after another', { together: 1, noise: 0, jump: 0.01 }, 0.9, 0.95],
  ['with many jumps', { together: 1, noise: 0, jump: 0.1 }, 0.9, 0.92],
  ['two at a time', { together: 2, noise: 0, jump: 0.01 }, 0.9, 0.9],
  ['four at a time', { together: 4, noise: 0, jump: 0.01 }, 0.8, 0.8],
  ['with other things in between', { together: 1, noise: 0.4, jump: 0.01 }, 0.85, 0.9],
] as const;

describe.each(ways)('titles that subscribers watch %s', (_, way, knownMin, rightMin) => {
  it('are found, in order', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const result = found(watched({ seed, ...way }), nameless(titles * segments + others));
        const known = result.swarms.subarray(0, titles * segments).filter((swarm) => swarm !== 0).length;
        expect(known / (titles * segments)).toBeGreaterThan(knownMin);
        expect(rightShare(result)).toBeGreaterThan(rightMin);
        const strangers = result.swarms.subarray(titles * segments).filter((swarm) => swarm !== 0).length;
        expect(strangers / others).toBeLessThan(0.05);
      }),
      { numRuns: 4 },
    );
  });
});

describe('requests that have nothing to do with one another', () => {
  const models = [
    ['zipf', { titles: 3_000, alpha: 1.1, subscribers: 500 }],
    ['zipf', { titles: 20_000, alpha: 0.7, subscribers: 3 }],
    ['mzipf', { titles: 5_000, churn: 0.3, subscribers: 2_000 }],
    ['zipf', { titles: 200, alpha: 1, subscribers: 50 }],
  ] as const;

  it.each(models)('make no titles: %s, %p', (name, over) => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const model = createModel(name, { ...defaultSettings(name), ...over }, seed, 20_000);
        const request = blankRequest();
        const requests = Array.from({ length: 20_000 }, (): Request => {
          model.next(request);
          return [request.title, request.subscriber + 1];
        });
        const objects = 1 + Math.max(...requests.map(([object]) => object));
        expect(found(requests, nameless(objects)).counts.inferred / objects).toBeLessThan(0.002);
      }),
      { numRuns: 4 },
    );
  });

  it('make none where each comes from another subscriber, in memory that does not grow', () => {
    const finder = new TitleFinder();
    for (let request = 1; request <= 100_000; request++) finder.see(request % 400, request);
    expect(finder.titles(nameless(400)).counts).toEqual({ named: 0, inferred: 0, inferredTitles: 0, none: 400 });
  });
});

it('gives no two objects one place, whatever is asked for and however it is named', () => {
  const requests = fc.array(fc.tuple(fc.nat(40), fc.nat(3)), { maxLength: 400 });
  const names = fc.array(fc.tuple(fc.nat(4), fc.nat(2 ** 30)), { minLength: 41, maxLength: 41 });
  fc.assert(
    fc.property(requests, names, (list, claimed) => {
      const unique = new Set<string>();
      const own = claimed.map(([swarm, segment]) => {
        const isNew = !unique.has(`${swarm}/${segment}`);
        unique.add(`${swarm}/${segment}`);
        return isNew && swarm > 0 ? { swarm: namedFrom + swarm, segment } : { swarm: 0, segment: 0 };
      });
      const claims = {
        swarms: Float64Array.from(own, ({ swarm }) => swarm),
        segments: Uint32Array.from(own, ({ segment }) => segment),
      };
      const { swarms, segments: places, counts } = found(list, claims);
      expect(new Set(Array.from(swarms, (swarm, at) => `${swarm}/${places[at] ?? 0}`)).size).toBe(41);
      expect(counts.named + counts.inferred + counts.none).toBe(41);
      expect(swarms.every((swarm) => swarm >= 0)).toBe(true);
    }),
  );
});

/** A title again and again, by one subscriber after another, while others ask for other things. */
function again(order: readonly number[], times: number): Request[] {
  const busy = Array.from({ length: 100 * order.length }, (_, at): Request => [100 + at, 1_000 + at]);
  return Array.from({ length: times }, (_, by) => [
    ...order.map((object): Request => [object, 1 + by]),
    ...busy,
  ]).flat();
}

describe('names', () => {
  const order = [0, 3, 1, 4, 2, 5];
  const swarms = (of: readonly number[]): Float64Array =>
    Float64Array.from(of, (one) => (one === 0 ? 0 : namedFrom + one));

  it('are believed where requests say the same', () => {
    const claims = { swarms: swarms([1, 1, 1, 1, 1, 1]), segments: Uint32Array.of(0, 2, 4, 1, 3, 5) };
    const titled = found(again(order, 5), claims);
    expect(titled).toMatchObject({ ...claims, counts: { named: 6, inferred: 0 } });
  });

  it('are not where requests say that they count something else', () => {
    const claims = { swarms: swarms([1, 1, 1, 1, 1, 1]), segments: Uint32Array.of(900, 17, 4, 350, 8_000, 35) };
    const { segments: places, counts } = found(again(order, 5), claims);
    expect(counts).toMatchObject({ named: 0, inferred: 6, inferredTitles: 1 });
    expect([...places]).toEqual([0, 2, 4, 1, 3, 5]);
  });

  it('that nothing else begins with make a swarm of one, unless requests tell more', () => {
    const claims = { swarms: swarms([1, 2, 3, 4, 5, 6, 7]), segments: Uint32Array.of(7, 7, 7, 7, 7, 7, 7) };
    const titled = found([...again(order, 5), [6, 99]], claims);
    expect(titled.counts).toEqual({ named: 0, inferred: 6, inferredTitles: 1, none: 1 });
    expect([titled.swarms[6], titled.segments[6]]).toEqual([namedFrom + 7, 7]);
  });

  it('of some leave the others to what requests tell', () => {
    const claims = { swarms: swarms([1, 1, 1, 0, 0, 0, 0, 0]), segments: Uint32Array.of(0, 1, 2, 0, 0, 0, 0, 0) };
    const { counts, segments: places } = found(again([0, 1, 2, 3, 4, 5, 6, 7], 5), claims);
    expect(counts).toEqual({ named: 3, inferred: 5, inferredTitles: 1, none: 0 });
    expect([...places]).toEqual([0, 1, 2, 0, 1, 2, 3, 4]);
  });
});

it('ends where a title is watched in a circle', () => {
  const round = Array.from({ length: 300 * 50 }, (_, at): Request => [at % 300, 1]);
  const { counts, segments: places } = found(round, nameless(300));
  expect(counts).toMatchObject({ inferred: 300, inferredTitles: 1 });
  expect(new Set(places).size).toBe(300);
});

describe('what subscribers asked for last', () => {
  it('is known newest first, each once, up to a bound', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(5), fc.nat(20)), { maxLength: 300 }), (list) => {
        const recent = new RecentRequests();
        const plain = new Map<number, number[]>();
        list.forEach(([subscriber, object], at) => {
          recent.note(recent.rowOf(subscriber), object, at + 1);
          const before = (plain.get(subscriber) ?? []).filter((one) => one !== object);
          plain.set(subscriber, [object, ...before].slice(0, recentPerSubscriber));
        });
        for (const [subscriber, objects] of plain) {
          const first = recent.rowOf(subscriber) * recentPerSubscriber;
          const row = recent.objects.subarray(first, first + recentPerSubscriber);
          expect([...row.filter((one) => one !== 0)]).toEqual(objects.map((object) => object + 1));
        }
      }),
    );
  });

  it('takes bounded memory: who did not ask for the longest is forgotten', () => {
    const recent = new RecentRequests(2 ** 12);
    for (let subscriber = 1; subscriber <= 50_000; subscriber++)
      recent.note(recent.rowOf(subscriber), subscriber, subscriber);
    expect(recent.stateBytes).toBe(2 ** 12 * 40);
    expect(recent.timeOf(recent.rowOf(50_000))).toBe(50_000);
    expect(recent.timeOf(recent.rowOf(1))).toBe(0);
  });
});
