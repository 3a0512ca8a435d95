import { Ghosts } from './ghosts';
import { Groups } from './groups';
import { groupSwarmsSampled } from './limits';
import { Stock } from './stock';
import { WeirPolicy } from './weir-policy';

const unit = 1000;

/** A policy over segments of one size, and what it said. */
function underTest(options: Partial<ConstructorParameters<typeof WeirPolicy>[0]> = {}) {
  const events: string[] = [];
  const policy = new WeirPolicy({
    capacityBytes: 100 * unit,
    memoryCapacityBytes: 20 * unit,
    seed: 1,
    swarmShareMax: 1,
    probationShare: 0.1,
    listener: {
      evicted: (swarm, segment) => events.push(`evicted ${swarm}/${segment}`),
      persist: (swarm, segment) => events.push(`persist ${swarm}/${segment}`),
    },
    ...options,
  });
  const request = (swarm: number, segment: number, bytes = unit): string => {
    return policy.access(swarm, segment, 0) ? 'hit' : policy.insert(swarm, segment, bytes);
  };
  return { policy, events, request };
}

describe('WeirPolicy', () => {
  it('writes all of a store below nine tenths, and then keeps new segments in memory until they are asked for again', () => {
    const { policy, events, request } = underTest();
    const places = Array.from({ length: 101 }, (_, segment) => request(7, segment));
    expect(places.indexOf('memory')).toBe(90);
    expect(places.slice(90)).toEqual(new Array<string>(11).fill('memory'));
    expect(events).toEqual(['evicted 7/0']);
    expect(policy.memoryBytes).toBe(11 * unit);
    expect(policy.access(7, 90, 0)).toBe(true);
    for (let segment = 101; segment < 200; segment++) request(7, segment);
    expect(events).toContain('persist 7/90');
    expect(policy.access(7, 91, 0)).toBe(false);
    expect(policy.access(7, 90, 0)).toBe(true);
    expect(policy.residentBytes).toBe(100 * unit);
  });

  it('puts a segment that returns in time on disk at once', () => {
    const { request } = underTest({ memoryCapacityBytes: 100 * unit });
    for (let segment = 0; segment < 150; segment++) request(7, segment * 2);
    expect(request(7, 301)).toBe('memory');
    expect(request(7, 98)).toBe('disk');
  });

  it('evicts nothing of a pinned swarm, and refuses what would need it to', () => {
    const { policy, events } = underTest();
    policy.pin(1, true);
    for (let segment = 0; segment < 60; segment++) policy.insert(1, segment, unit);
    for (let segment = 0; segment < 200; segment++) policy.insert(2, segment, unit);
    expect(events.filter((event) => event.includes(' 1/'))).toEqual([]);
    expect(policy.pinnedBytes).toBe(60 * unit);
    expect(policy.insert(2, 1000, 41 * unit)).toBe('refused');
    expect(policy.insert(2, 1000, 40 * unit)).toBe('disk');
  });
});

describe('the place of swarms', () => {
  it('lets a swarm fill an empty store, but when it is full no more than its share', () => {
    const { policy, request } = underTest({ swarmShareMax: 0.25 });
    for (let segment = 0; segment < 100; segment++) request(1, segment);
    expect(policy.residentBytes).toBe(100 * unit);
    for (let segment = 0; segment < 80; segment++) request(2, segment);
    for (let segment = 200; segment < 300; segment++) request(1, segment);
    const held = Array.from({ length: 300 }, (_, segment) => policy.access(1, segment, 0)).filter(Boolean).length;
    expect(held).toBeLessThanOrEqual(80);
    for (let segment = 100; segment < 180; segment++) request(2, segment);
    expect(policy.residentBytes).toBe(100 * unit);
  });

  it('holds a group to its quota, and its own oldest leave', () => {
    const { policy, events, request } = underTest();
    policy.limit(9, 10 * unit);
    policy.assign(1, [9]);
    policy.assign(2, [9]);
    for (let segment = 0; segment < 20; segment++) request(3, segment);
    for (let segment = 0; segment < 8; segment++) request(1, segment);
    for (let segment = 0; segment < 8; segment++) request(2, segment);
    expect(events).toEqual(['evicted 1/0', 'evicted 1/1', 'evicted 1/2', 'evicted 1/3', 'evicted 1/4', 'evicted 1/5']);
    policy.limit(9, 4 * unit);
    expect(policy.residentBytes).toBe(24 * unit);
    policy.limit(9, undefined);
    for (let segment = 10; segment < 30; segment++) expect(request(1, segment)).toBe('disk');
  });

  it('holds a group to its quota where the swarm that grows is the one that nobody asks for', () => {
    const { policy, events } = underTest();
    policy.limit(9, 10 * unit);
    policy.assign(1, [9]);
    policy.assign(2, [9]);
    policy.insert(1, 0, unit);
    for (let segment = 0; segment < 9; segment++) policy.insert(2, segment, unit);
    policy.access(2, 0, 0);
    policy.insert(1, 0, 3 * unit);
    expect(events).toEqual(['evicted 2/0', 'evicted 2/1']);
  });

  it('looks at few swarms of a group for one that gives, however many there are that have nothing', () => {
    const stock = new Stock(1);
    const groups = new Groups(stock);
    const owners = Array.from({ length: 1_000 }, (_, swarm) => stock.swarms.take(swarm + 1));
    for (const owner of owners) groups.assign(owner, [9]);
    for (const owner of owners.slice(0, 20)) {
      groups.count(owner, unit);
      stock.swarms.bytes[owner] = unit;
    }
    let looks = 0;
    const watched = <Rows extends object>(rows: Rows): Rows =>
      new Proxy(rows, { get: (all, row): unknown => (looks++, Reflect.get(all, row)) });
    stock.swarms.bytes = watched(stock.swarms.bytes);
    stock.swarms.lastUse = watched(stock.swarms.lastUse);
    const group = groups.find(9);
    for (let search = 0; search < 10 && group; search++) expect(groups.idlest(group, 0)).toBeGreaterThan(0);
    expect(looks).toBeLessThanOrEqual(10 * 2 * groupSwarmsSampled);
  });

  it('has what was pinned keep to the capacity and the quotas once it is not', () => {
    const { policy, events } = underTest();
    policy.assign(1, [9]);
    policy.pin(1, true);
    for (let segment = 0; segment < 50; segment++) policy.insert(1, segment, unit);
    policy.resize(30 * unit);
    policy.limit(9, 20 * unit);
    expect(events).toEqual([]);
    policy.pin(1, false);
    expect(policy.residentBytes).toBe(20 * unit);
    expect(events).toHaveLength(30);
  });

  it('takes up as many quotas as there can be well within the time that a start may take', () => {
    const { policy } = underTest();
    const began = performance.now();
    for (let group = 0; group < 65_536; group++) policy.limit(group, unit);
    expect(performance.now() - began).toBeLessThan(2_000);
  });

  it('refuses what a quota has no room for', () => {
    const { policy } = underTest();
    policy.limit(9, 3 * unit);
    policy.assign(1, [9]);
    expect(policy.insert(1, 0, 4 * unit)).toBe('refused');
    expect(policy.insert(1, 0, 3 * unit)).toBe('disk');
    expect(policy.insert(1, 0, 4 * unit)).toBe('refused');
    expect(policy.residentBytes).toBe(3 * unit);
  });
});

describe('what proves a segment', () => {
  /** Segment 0 comes in and is asked for by some; true if it is there when a hundred others have passed. */
  function survives(
    options: Partial<ConstructorParameters<typeof WeirPolicy>[0]>,
    asked: boolean,
    others: number[],
  ): boolean {
    const { policy, request } = underTest(options);
    // A main that is not empty, so that probation is short.
    for (let segment = 0; segment < 200; segment += 2) request(5, segment % 100);
    for (let segment = 0; segment < 200; segment += 2) request(5, segment % 100);
    for (let segment = 0; segment < 50; segment++) request(6, segment * 1_000);
    if (asked) policy.access(7, 0, 11);
    policy.insert(7, 0, unit);
    for (const by of others) policy.access(7, 0, by);
    for (let segment = 0; segment < 120; segment++) request(8, segment * 1_000);
    return policy.access(7, 0, 0);
  }

  it('is a second request', () => {
    expect(survives({}, true, [])).toBe(false);
    expect(survives({}, true, [11])).toBe(true);
  });

  it('is a second subscriber, where that is wanted', () => {
    expect(survives({ secondSubscriber: true }, true, [11, 11])).toBe(false);
    expect(survives({ secondSubscriber: true }, true, [11, 12])).toBe(true);
  });

  it('is not the first request for what was fetched ahead', () => {
    expect(survives({}, false, [11])).toBe(false);
    expect(survives({}, false, [11, 12])).toBe(true);
  });
});

describe('a probation that is all there is', () => {
  it('makes the policy LRU', () => {
    const { request } = underTest({ probationShare: 1 });
    const lru = new Set<number>();
    let state = 1;
    for (let count = 0; count < 5_000; count++) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      // Swarms of one segment: nobody comes to anything.
      const swarm = Math.floor(300 * (state / 2 ** 32) ** 2);
      expect(request(swarm, 0) === 'hit').toBe(lru.delete(swarm));
      lru.add(swarm);
      for (const oldest of lru) if (lru.size > 100) lru.delete(oldest);
    }
  });
});

describe('a state that was saved', () => {
  it('is taken up by a policy with another key, which finds what it had before', () => {
    const saved = underTest().policy.save();
    const { policy, request } = underTest({ seed: 2 });
    policy.pin(3, true);
    for (const swarm of [1, 2, 3]) for (const segment of [0, 1]) request(swarm, segment);
    policy.restore(saved, [{ swarm: 9, segment: 4, bytes: unit }]);
    for (const swarm of [1, 2, 3]) for (const segment of [0, 1]) expect(request(swarm, segment)).toBe('hit');
    expect(request(9, 4)).toBe('hit');
    policy.pin(3, false);
    expect(policy.pinnedBytes).toBe(0);
  });
});

describe('a segment that somebody is coming to', () => {
  it('stays, where another of its age leaves', () => {
    const { policy, request } = underTest();
    for (let segment = 0; segment < 40; segment++) request(1, segment);
    for (let segment = 0; segment < 40; segment++) request(2, segment);
    for (let segment = 0; segment < 20; segment++) request(3, segment * 1_000);
    // Somebody begins with swarm 2: what is ahead of him is not asked for yet, and its turn comes.
    for (let segment = 0; segment < 70; segment++) {
      policy.access(2, Math.floor(segment / 35), 0);
      request(4, segment * 1_000);
    }
    const held = (swarm: number) =>
      Array.from({ length: 40 }, (_, segment) => policy.access(swarm, segment, 0)).filter(Boolean).length;
    expect(held(1)).toBe(0);
    expect(held(2)).toBeGreaterThan(10);
  });
});

describe('its memory', () => {
  it('is at most 64 bytes a segment and 16 a ghost, whatever it holds', () => {
    const { policy, request } = underTest({ capacityBytes: 20_000 * unit });
    const sizes: number[] = [];
    for (let segment = 0; segment < 45_000; segment++) {
      request(1, segment);
      if (segment > 5_000 && segment % 500 === 0) sizes.push(policy.stateBytes / policy.segments);
    }
    expect(policy.segments).toBe(20_000);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(64);
    const ghosts = new Ghosts(10_000);
    expect(ghosts.stateBytes / 10_000).toBeLessThanOrEqual(16);
  });

  it.each([150, 800, 3_000])('is so, too, with %p segments of half as many swarms', (capacity) => {
    const { policy, request } = underTest({ capacityBytes: capacity * unit });
    for (let count = 0; count < 4 * capacity; count++) request(count >> 1, count & 1);
    expect(policy.segments).toBe(capacity);
    expect(policy.stateBytes).toBeLessThanOrEqual(64 * policy.segments + 16 * policy.ghosts);
  });
});
