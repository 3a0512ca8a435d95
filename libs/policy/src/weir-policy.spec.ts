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
