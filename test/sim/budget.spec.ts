import { LinkPacer, unlimitedRates } from '@weir/ppspp';
import { content, OutsideLink as Link, second } from './outside-link';
import { eachSeed, expectThat } from './seeds';

const first = content('budget 1', 700_000);
const other = content('budget 2', 700_000);
const small = content('budget 3', 150_000);

describe('the budget of the outside link', () => {
  const rate = 200_000;
  /** A burst, and what was asked for before and came late, since it was lost at first. */
  const slack = 0.35;

  it('holds in any span of time, for several threads and with loss, and is used up', async () => {
    await eachSeed(3, async (seed) => {
      const link = await new Link(seed, 0.01 * (seed % 3)).limit({ total: rate }).seeders(2, first, other);
      const one = await link.cache();
      const two = await link.cache();
      const viewers = [await link.subscriber(one, first), await link.subscriber(two, other)] as const;
      const begin = link.world.now;
      expectThat(
        link.world.run(
          () => viewers[0].complete(first.metadata.swarmId) && viewers[1].complete(other.metadata.swarmId),
          60,
        ),
        'both complete',
      );
      for (const span of [1, 2, 5])
        expectThat(link.peak(span * second) <= rate * (1 + slack / span), `within ${String(span)} s`);
      const mean = link.between(begin, link.world.now) / ((link.world.now - begin) / second);
      expectThat(mean > 0.85 * rate, `uses ${String(Math.round((100 * mean) / rate))} % of it`);
    });
  });

  it('is there for one thread alone when the others need nothing, and is shared when they do', async () => {
    await eachSeed(3, async (seed) => {
      const link = await new Link(seed).limit({ total: rate }).seeders(2, first, other);
      const one = await link.cache();
      const two = await link.cache();
      await link.subscriber(one, first);
      link.pass(2);
      const alone = link.between(link.world.now - second, link.world.now);
      expectThat(alone > 0.85 * rate, `alone it has ${String(alone)}`);
      await link.subscriber(two, other);
      link.pass(1);
      const before = [one, two].map(({ endpoint }) => endpoint.counters.fetchedBytes);
      link.pass(2);
      const shares = [one, two].map(({ endpoint }, at) => endpoint.counters.fetchedBytes - (before[at] ?? 0));
      const [least, most] = [Math.min(...shares), Math.max(...shares)];
      expectThat(least > 0.7 * most, `shares ${shares.join(' and ')}`);
    });
  });

  it('does not let demand wait for what is fetched in the background', async () => {
    await eachSeed(3, async (seed) => {
      const seconds = async (isBusy: boolean): Promise<number> => {
        const link = await new Link(seed).limit({ total: rate }).seeders(2, first, small);
        const cache = await link.cache();
        if (isBusy) link.prefetch(cache, first);
        link.pass(1.5);
        if (isBusy) expectThat(cache.endpoint.counters.fetchedBytes > 0.3 * rate, 'the background is busy');
        const viewer = await link.subscriber(cache, small);
        return link.secondsFor(viewer, small, 30);
      };
      const [busy, quiet] = [await seconds(true), await seconds(false)];
      expectThat(busy < 1.25 * quiet + 0.1, `takes ${String(busy)} s instead of ${String(quiet)} s`);
    });
  });

  it('gives background what demand leaves, and its own rate at most', async () => {
    const link = await new Link(1).limit({ total: rate, background: rate / 4 }).seeders(2, first, small);
    const cache = await link.cache();
    link.prefetch(cache, first);
    link.pass(3);
    const { now } = link.world;
    expect(link.peak(second)).toBeLessThanOrEqual((rate / 4) * (1 + slack));
    expect(link.between(now - second, now)).toBeGreaterThan(0.85 * (rate / 4));
    const viewer = await link.subscriber(cache, small);
    link.secondsFor(viewer, small, 10);
    expect(link.peak(second)).toBeLessThanOrEqual(rate * (1 + slack));
  });

  it('lets all who wait have their turn', async () => {
    const contents = [...Array(8).keys()].map((at) => content(`turn ${String(at)}`, 80_000));
    const link = await new Link(2).limit({ total: rate }).seeders(1, ...contents);
    const cache = await link.cache();
    const viewers = await Promise.all(contents.map((each) => link.subscriber(cache, each)));
    const fetched = (): number[] => [...cache.endpoint.swarms.all()].map(({ fetchedBytes }) => fetchedBytes);
    link.pass(1.5);
    expect(fetched()).toHaveLength(8);
    expect(Math.min(...fetched())).toBeGreaterThan(0.5 * Math.max(...fetched()));
    contents.forEach((each, at) => {
      const viewer = viewers[at];
      if (viewer !== undefined) link.secondsFor(viewer, each, 20);
    });
  });

  it('does not raise the peak of demand where background is to stay below it', async () => {
    const link = await new Link(3).seeders(2, first, other);
    const cache = await link.cache();
    const plan = { rates: { ...unlimitedRates, background: 'auto' as const }, windows: [] };
    const pacer = new LinkPacer(plan, link.budget);
    const tick = (): void => {
      pacer.tick(0, link.world.now);
      link.world.after(second, tick);
    };
    tick();
    link.prefetch(cache, first);
    link.pass(5);
    // Nothing is known of demand: background gets nothing but what tells of the content.
    expect(cache.endpoint.counters.fetchedBytes).toBeLessThan(20_000);
  });

  it('changes with the time of day, at midnight too', async () => {
    const link = await new Link(4).seeders(2, first);
    const cache = await link.cache();
    const night = { from: 0, to: 6 * 60, rates: { background: rate } };
    const pacer = new LinkPacer({ rates: { ...unlimitedRates, background: 0 }, windows: [night] }, link.budget);
    const begin = link.world.now;
    const midnight = begin + 5 * second;
    const tick = (): void => {
      pacer.tick((24 * 60 * 60 * second + link.world.now - midnight) / (60 * second), link.world.now);
      link.world.after(second / 4, tick);
    };
    tick();
    link.prefetch(cache, first);
    link.pass(4.9);
    expect(cache.endpoint.counters.fetchedBytes).toBeLessThan(5_000);
    link.pass(3.1);
    expect(link.between(midnight + second, midnight + 3 * second)).toBeGreaterThan(2 * 0.85 * rate);
    expect(link.peak(second)).toBeLessThanOrEqual(rate * (1 + slack));
  });

  it('bounds what each peer is asked for', async () => {
    await eachSeed(3, async (seed) => {
      const link = await new Link(seed).limit({ peer: 50_000 }).seeders(2, small);
      const cache = await link.cache();
      const viewer = await link.subscriber(cache, small);
      const seconds = link.secondsFor(viewer, small, 20);
      // Two of them, each at its rate.
      expectThat(seconds > 1.2 && seconds < 2.5, `takes ${String(seconds)} s`);
      expectThat(link.peak(second) <= 100_000 * (1 + slack), 'at once as well');
    });
  });
});

describe('bounds of one swarm', () => {
  it('hold for what is fetched, and leave other swarms alone', async () => {
    const link = await new Link(5).seeders(2, first, small);
    const cache = await link.cache();
    const { swarmId } = first.metadata;
    cache.input({ kind: 'swarm-limits', swarmId, limits: { fetchRate: 50_000 } });
    await link.subscriber(cache, first);
    link.pass(4);
    expect(link.peak(second)).toBeLessThanOrEqual(68_000);
    expect(link.between(0, link.world.now)).toBeGreaterThan(150_000);
    const viewer = await link.subscriber(cache, small);
    expect(link.secondsFor(viewer, small, 5)).toBeLessThan(1);
    // Let go of, it has what it wants.
    cache.input({ kind: 'swarm-limits', swarmId, limits: {} });
    link.pass(2);
    expect(cache.complete(swarmId)).toBe(true);
  });

  it('hold for what nobody needs yet, and not for what somebody waits for', async () => {
    const link = await new Link(6).seeders(2, first);
    const cache = await link.cache();
    const { swarmId } = first.metadata;
    cache.input({ kind: 'swarm-limits', swarmId, limits: { prefetchRate: 50_000 } });
    link.prefetch(cache, first);
    link.pass(4);
    expect(cache.endpoint.counters.fetchedBytes).toBeLessThan(4.5 * 50_000);
    expect(cache.endpoint.counters.fetchedBytes).toBeGreaterThan(2.5 * 50_000);
    const viewer = await link.subscriber(cache, first);
    expect(link.secondsFor(viewer, first, 10)).toBeLessThan(5);
  });

  it('hold for what is served, in turn', async () => {
    const link = await new Link(7).seeders(0);
    const cache = (await link.cache()).seed(first);
    const { swarmId } = first.metadata;
    cache.input({ kind: 'swarm-limits', swarmId, limits: { serveRate: 100_000 } });
    const viewers = [];
    for (let count = 0; count < 4; count++) viewers.push(await link.subscriber(cache, first));
    const { counters } = cache.endpoint;
    link.pass(1);
    for (let passed = 0; passed < 3; passed++) {
      const before = counters.servedBytes;
      link.pass(1);
      expect(counters.servedBytes - before).toBeLessThanOrEqual(112_000);
      expect(counters.servedBytes - before).toBeGreaterThan(85_000);
    }
    const got = viewers.map(({ endpoint }) => endpoint.counters.fetchedBytes);
    expect(Math.min(...got)).toBeGreaterThan(0.7 * Math.max(...got));
    // Let go of, they get the rest at once.
    cache.input({ kind: 'swarm-limits', swarmId, limits: {} });
    for (const viewer of viewers) link.secondsFor(viewer, first, 3);
  });
});
