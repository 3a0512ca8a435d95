import { limits } from '../limits';
import { hostOf, join, leave, listed, prefixes, TrackerWorld } from './tracker.testing';

const leech = [join('aa', 'LEECH')];
const seeder = [join('aa', 'SEEDER')];

describe('the peer list', () => {
  it('comes with the JOIN of a LEECH, and of a SEEDER that asks with peer_num (section 4.1.1)', () => {
    const world = new TrackerWorld();
    expect(world.connect('10.0.0.1', leech).results).toEqual([{ swarmId: 'aa', successful: true, peers: [] }]);
    expect(listed(world.connect('10.0.0.2', leech))).toEqual(['10.0.0.1']);
    expect(world.connect('10.0.0.3', seeder).results).toEqual([{ swarmId: 'aa', successful: true }]);
    const peerNumber = { peerCount: 9 };
    expect(listed(world.connect('10.0.0.4', seeder, { peerNumber }))).toHaveLength(3);
    expect(listed(world.connect('10.0.0.4', [leave('aa')], { peerNumber }))).toBeUndefined();
  });

  it('names peer IDs and addresses', () => {
    const world = new TrackerWorld();
    const wired = { ...hostOf('10.0.0.1'), connection: 'wired' as const, asn: '64496', peerProtocol: 'PPSP-PP' };
    world.connect('10.0.0.1', seeder, { addresses: [wired] });
    const [entry] = world.connect('10.0.0.2', leech).results[0]?.peers ?? [];
    expect(entry).toMatchObject({ peerId: '10.0.0.1' });
    expect(entry?.address).toEqual(wired);
  });

  it('has an entry for each address of a peer, the best first', () => {
    const world = new TrackerWorld();
    const addresses = [hostOf('10.0.0.1'), { ...hostOf('10.0.0.1', 7001), priority: 5 }];
    world.connect('10.0.0.1', seeder, { addresses });
    const [list] = world.connect('10.0.0.2', leech).results;
    expect(list?.peers?.map(({ address }) => address.port)).toEqual([7001, 7000]);
  });

  it('never names the one who asks, even under an earlier peer ID', () => {
    const world = new TrackerWorld();
    world.connect('earlier', leech, { addresses: [hostOf('10.0.0.1')] });
    world.connect('10.0.0.2', seeder);
    expect(listed(world.connect('10.0.0.1', leech))).toEqual(['10.0.0.2']);
    expect(listed(world.find('10.0.0.1', 'aa'))).toEqual(['10.0.0.2']);
  });

  it('serves a peer that is in another swarm', () => {
    const world = new TrackerWorld();
    world.connect('10.0.0.1', seeder);
    world.connect('10.0.0.2', [join('bb', 'LEECH')]);
    expect(listed(world.find('10.0.0.2', 'aa'))).toEqual(['10.0.0.1']);
  });

  it('names only peers that can be sent to', () => {
    const ips = ['127.0.0.1', '224.0.0.1', '0.0.0.0', '10.0.0.1'];
    const names = (allowLoopback: boolean) => {
      const world = new TrackerWorld({ allowLoopback });
      for (const ip of ips) world.connect(ip, seeder);
      world.connect('silent', seeder, { addresses: [] });
      return listed(world.connect('10.0.0.2', leech))?.sort();
    };
    expect(names(false)).toEqual(['10.0.0.1']);
    expect(names(true)).toEqual(['10.0.0.1', '127.0.0.1']);
  });

  it('keeps the addresses of a peer that connects again without any, and takes new ones', () => {
    const world = new TrackerWorld();
    world.connect('10.0.0.1', seeder);
    world.connect('10.0.0.1', [join('bb', 'LEECH')], { addresses: [] });
    expect(listed(world.connect('10.0.0.2', leech))).toEqual(['10.0.0.1']);
    world.connect('10.0.0.1', [join('bb', 'LEECH')], { addresses: [hostOf('10.0.0.1', 7003)] });
    expect(world.find('10.0.0.2', 'aa').results[0]?.peers?.map(({ address }) => address.port)).toEqual([7003]);
  });

  it('has as many peers as were asked for, and never more than the RFC lets a peer ask for', () => {
    const world = crowd(40);
    for (const peerCount of [0, 1, 7])
      expect(listed(world.find('10.0.0.1', 'aa', { peerNumber: { peerCount } }))).toHaveLength(peerCount);
    expect(listed(world.find('10.0.0.1', 'aa', { peerNumber: { peerCount: 1000 } }))).toHaveLength(limits.peerCountMax);
    expect(listed(world.find('10.0.0.1', 'aa'))).toHaveLength(limits.peerCountMax);
  });

  it('is a random sample, without repetitions, in which everybody appears', () => {
    const world = crowd(40);
    const seen = new Set<string>();
    for (let round = 0; round < 50; round++) {
      const names = listed(world.find('10.0.0.1', 'aa', { peerNumber: { peerCount: 10 } })) ?? [];
      expect(new Set(names).size).toBe(10);
      for (const name of names) seen.add(name);
    }
    expect(seen.size).toBe(39);
  });

  it('is bounded over all swarms of a request', () => {
    const swarms = Array.from({ length: 50 }, (_, at) => join(at.toString(16), 'LEECH'));
    const world = new TrackerWorld();
    for (let peer = 1; peer <= 20; peer++) world.connect(`10.0.0.${String(peer)}`, swarms);
    const { results } = world.connect('10.0.1.1', swarms);
    expect(results).toHaveLength(50);
    expect(results.flatMap(({ peers }) => peers ?? [])).toHaveLength(limits.peersPerResponseMax);
  });
});

describe('super nodes', () => {
  const superNodes = [{ nodes: prefixes('192.0.2.0/28'), subscribers: prefixes('10.0.0.0/8') }];
  const swarm = (options: ConstructorParameters<typeof TrackerWorld>[0]) => {
    const world = new TrackerWorld(options);
    for (const ip of ['203.0.113.1', '203.0.113.2', '192.0.2.1', '203.0.113.3']) world.connect(ip, seeder);
    return world;
  };

  it('come first to their subscribers, with the largest priority (RFC 7846 table 3)', () => {
    const [list] = swarm({ superNodes }).connect('10.1.2.3', leech).results;
    expect(list?.peers?.map(({ address }) => address.priority)).toEqual([2, 1, 1, 1]);
    expect(list?.peers?.[0]?.peerId).toBe('192.0.2.1');
  });

  it('are the whole list of one', () => {
    expect(listed(swarm({ superNodes }).connect('10.1.2.3', leech, { peerNumber: { peerCount: 1 } }))).toEqual([
      '192.0.2.1',
    ]);
  });

  it('come last to others, as peers like any', () => {
    const [list] = swarm({ superNodes }).connect('203.0.113.9', leech).results;
    expect(list?.peers?.map(({ address }) => address.priority)).toEqual([1, 1, 1, 1]);
    expect(list?.peers?.at(-1)?.peerId).toBe('192.0.2.1');
  });

  it('know a subscriber by where its request came from, or by an address that it registers', () => {
    const world = swarm({ superNodes });
    expect(listed(world.connect('p', leech, { addresses: [], from: '10.9.9.9' }))?.[0]).toBe('192.0.2.1');
    expect(listed(world.connect('10.1.2.3', leech, { from: '203.0.113.77' }))?.[0]).toBe('192.0.2.1');
  });

  it('are there for everyone if no subscribers are configured', () => {
    const world = swarm({ superNodes: [{ nodes: prefixes('192.0.2.1'), subscribers: [] }] });
    expect(listed(world.connect('203.0.113.9', leech))?.[0]).toBe('192.0.2.1');
  });

  it('are never listed to themselves', () => {
    expect(listed(swarm({ superNodes }).find('192.0.2.1', 'aa'))).not.toContain('192.0.2.1');
  });

  it('are those whose address is one now', () => {
    const world = swarm({ superNodes });
    world.connect('moving', leech, { addresses: [hostOf('192.0.2.2')], from: '192.0.2.2' });
    world.connect('moving', leech, { addresses: [hostOf('192.0.2.99')], from: '192.0.2.2' });
    world.connect('moving', leech, { from: '192.0.2.99', addresses: [] });
    const [list] = world.connect('10.1.2.3', leech).results;
    expect(list?.peers?.map(({ address }) => address.priority)).toEqual([2, 1, 1, 1, 1]);
    world.connect('moving', [leave('aa')], { from: '192.0.2.99' });
    expect(listed(world.find('10.1.2.3', 'aa'))).toHaveLength(4);
  });
});

function crowd(size: number): TrackerWorld {
  const world = new TrackerWorld();
  for (let peer = 1; peer <= size; peer++) world.connect(`10.0.0.${String(peer)}`, leech);
  return world;
}
