import { PrefixTable } from '@weir/ppspp';
import { limits } from '../limits';
import type { PeerAddress } from '../message/fields';
import type { PeerNumber, StreamStats } from '../message/request';
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

describe('super nodes of a kind', () => {
  const nodes = prefixes('192.0.2.0/28');
  const subscribers = prefixes('10.0.0.0/8');

  it('are no news to others, if they are there for their subscribers only', () => {
    const world = new TrackerWorld({ superNodes: [{ nodes, subscribers, onlySubscribers: true }] });
    world.connect('192.0.2.1', seeder);
    expect(listed(world.connect('10.0.0.1', leech))).toEqual(['192.0.2.1']);
    expect(listed(world.connect('203.0.113.9', leech))).toEqual(['10.0.0.1']);
  });

  it('are in every swarm once they are registered in one', () => {
    const world = new TrackerWorld({ superNodes: [{ nodes, subscribers, everySwarm: true }] });
    world.connect('192.0.2.1', [join('bb', 'SEEDER')]);
    expect(listed(world.connect('10.0.0.1', leech))).toEqual(['192.0.2.1']);
    expect(listed(world.connect('203.0.113.9', leech))).toEqual(['10.0.0.1']);
    world.connect('192.0.2.1', [leave('bb')]);
    expect(world.peersOf('10.0.0.1', 'aa').map(({ peerId }) => peerId)).toEqual(['203.0.113.9']);
  });

  it('are in every swarm at their configured address, registered or not, but not for themselves', () => {
    const address = { ip: '192.0.2.1', port: 6778 };
    const world = new TrackerWorld({ superNodes: [{ nodes, subscribers: [], everySwarm: true, address }] });
    const [entry] = world.connect('10.0.0.1', leech).results[0]?.peers ?? [];
    expect(entry).toMatchObject({ peerId: '192.0.2.1:6778', address: { ...address, priority: 2, type: 'HOST' } });
    world.connect('192.0.2.1', seeder, { addresses: [hostOf('192.0.2.1', 6778)] });
    expect(world.peersOf('10.0.0.1', 'aa').map(({ peerId }) => peerId)).toEqual(['192.0.2.1']);
    expect(world.peersOf('192.0.2.1', 'aa').map(({ peerId }) => peerId)).toEqual(['10.0.0.1']);
  });

  it('leave one place in four to other peers', () => {
    const world = new TrackerWorld({ superNodes: [{ nodes, subscribers }] });
    for (let host = 1; host <= 15; host++) world.connect(`192.0.2.${String(host)}`, seeder);
    for (let host = 1; host <= 15; host++) world.connect(`203.0.113.${String(host)}`, leech);
    world.connect('10.0.0.1', leech);
    const priorities = world
      .peersOf('10.0.0.1', 'aa', { peerNumber: { peerCount: 8 } })
      .map((info) => info.address.priority);
    expect(priorities.filter((priority) => priority === 2)).toHaveLength(6);
  });

  it('are those of an address that was proven: nobody makes himself one', () => {
    const world = new TrackerWorld({ superNodes: [{ nodes, subscribers }] });
    world.connect('liar', seeder, { from: '203.0.113.66', addresses: [hostOf('192.0.2.7')] });
    expect(listed(world.connect('10.0.0.1', leech))).toEqual([]);
    expect(world.tracker.peerView('liar')?.superNode).toBe(false);
  });

  it('serve the subscribers of prefixes within prefixes', () => {
    const near = { nodes: prefixes('192.0.2.1'), subscribers: prefixes('10.1.0.0/16') };
    const wide = { nodes: prefixes('192.0.2.2'), subscribers };
    const world = new TrackerWorld({ superNodes: [wide, near] });
    for (const ip of ['192.0.2.1', '192.0.2.2']) world.connect(ip, seeder);
    const [both, one] = ['10.1.0.1', '10.2.0.1'].map((ip) => world.connect(ip, leech).results[0]?.peers ?? []);
    const first = (list: typeof both) =>
      list?.filter(({ address }) => address.priority === 2).map(({ peerId }) => peerId);
    expect(first(both)?.toSorted()).toEqual(['192.0.2.1', '192.0.2.2']);
    expect(first(one)).toEqual(['192.0.2.2']);
  });
});

describe('the choice among peers', () => {
  /** Of 40 peers, each in a network of its own, those in the first places of a list of 8, most often of 30 lists. */
  function favourites(world: TrackerWorld, peerNumber: Partial<PeerNumber> = {}): ReadonlySet<string> {
    const counts = new Map<string, number>();
    for (let round = 0; round < 30; round++)
      for (const { peerId } of world.peersOf('10.200.0.1', 'aa', { peerNumber: { peerCount: 8, ...peerNumber } }))
        counts.set(peerId, (counts.get(peerId) ?? 0) + 1);
    const ranked = [...counts].toSorted(([, one], [, other]) => other - one);
    return new Set(ranked.slice(0, 5).map(([peerId]) => peerId));
  }
  const special = ['10.1.0.1', '10.2.0.1', '10.3.0.1', '10.4.0.1', '10.5.0.1'];

  function settled(connect: (world: TrackerWorld, ip: string, isSpecial: boolean) => void): TrackerWorld {
    const world = new TrackerWorld({
      asns: new PrefixTable(prefixes('10.200.0.0/16').map((own) => [own, '64500'] as const)),
    });
    for (let at = 1; at <= 40; at++) connect(world, `10.${String(at)}.0.1`, at <= special.length);
    world.connect('10.200.0.1', leech);
    return world;
  }

  it('prefers SEEDERs for a LEECH', () => {
    const world = settled((at, ip, isSpecial) => at.connect(ip, isSpecial ? seeder : leech));
    expect(favourites(world)).toEqual(new Set(special));
  });

  it('prefers the same AS, by the table or by what a peer says', () => {
    const world = settled((at, ip, isSpecial) =>
      at.connect(ip, leech, { addresses: [{ ...hostOf(ip), asn: isSpecial ? '64500' : '64501' }] }),
    );
    expect(favourites(world)).toEqual(new Set(special));
  });

  it('prefers those heard of lately', () => {
    const world = settled((at, ip) => at.connect(ip, leech));
    world.pass(120);
    for (const ip of [...special, '10.200.0.1']) world.report(ip);
    expect(favourites(world)).toEqual(new Set(special));
  });

  it.each<[string, Partial<PeerNumber>, Partial<PeerAddress>, Partial<StreamStats>]>([
    ['ability_nat', { abilityNat: 'NO_NAT' }, { type: 'REFLEXIVE' }, {}],
    ['concurrent_links', { concurrentLinks: 10 }, {}, { concurrentLinks: 11 }],
    ['upload_bandwidth', { uploadBandwidth: 600 }, {}, { availableBandwidth: 599_999 }],
  ])('prefers those with the properties of peer_num: %s', (_, wish, address, stats) => {
    const world = settled((at, ip, isSpecial) => {
      at.connect(ip, leech, { addresses: [{ ...hostOf(ip), ...(isSpecial ? {} : address) }] });
      at.report(ip, ['aa'], {
        stats: { concurrentLinks: 10, availableBandwidth: 600_000, ...(isSpecial ? {} : stats) },
      });
    });
    expect(favourites(world, wish)).toEqual(new Set(special));
  });

  it('prefers those that have been there for long: online_time', () => {
    const world = settled((at, ip) => at.connect(ip, special.includes(ip) ? leech : [join('bb', 'LEECH')]));
    world.pass(60);
    for (let at = 6; at <= 40; at++) world.tracker.terminate(`10.${String(at)}.0.1`);
    for (let at = 6; at <= 40; at++) world.connect(`10.${String(at)}.0.1`, leech);
    expect(favourites(world, { onlineTime: 60 })).toEqual(new Set(special));
  });
});

function crowd(size: number): TrackerWorld {
  const world = new TrackerWorld();
  for (let peer = 1; peer <= size; peer++) world.connect(`10.0.0.${String(peer)}`, leech);
  return world;
}
