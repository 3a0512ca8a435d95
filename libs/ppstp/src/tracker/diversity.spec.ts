import * as fc from 'fast-check';
import type { PeerInfo } from '../message/peer-info';
import { PrefixTable } from '@weir/ppspp';
import { errorCodes } from '../message/response';
import { hostOf, join, leave, prefixes, TrackerWorld } from './tracker.testing';

const leech = [join('aa', 'LEECH')];
const seeder = [join('aa', 'SEEDER')];

/** So many peers from one /24, at most 200. */
function settle(world: TrackerWorld, network: string, count: number, actions = leech): void {
  for (let host = 1; host <= count; host++) world.connect(`${network}.${String(host)}`, actions);
}

function networkOf({ address }: PeerInfo): string {
  return address.ip.split('.').slice(0, 3).join('.');
}

function largest(peers: readonly PeerInfo[]): { network: string; count: number } {
  const counts = new Map<string, number>();
  for (const info of peers) counts.set(networkOf(info), (counts.get(networkOf(info)) ?? 0) + 1);
  return [...counts]
    .map(([network, count]) => ({ network, count }))
    .reduce((one, two) => (two.count > one.count ? two : one));
}

describe('a peer list', () => {
  it('has at most half of its peers from one prefix while others are there, in swarms of any shape', () => {
    const sizes = fc.array(fc.oneof(fc.nat({ max: 6 }), fc.nat({ max: 150 })), { minLength: 1, maxLength: 5 });
    const property = fc.property(sizes, fc.integer({ min: 1, max: 29 }), fc.nat(), (networks, peerCount, seed) => {
      const world = new TrackerWorld({}, seed);
      for (const [at, size] of networks.entries()) settle(world, `10.0.${String(at)}`, size, at % 2 ? leech : seeder);
      world.connect('192.0.2.1', leech);
      const all = networks.reduce((sum, size) => sum + size, 0);
      for (let round = 0; round < 3; round++) {
        const peers = world.peersOf('192.0.2.1', 'aa', { peerNumber: { peerCount } });
        expect(peers).toHaveLength(Math.min(peerCount, all));
        expect(new Set(peers.map(({ peerId }) => peerId)).size).toBe(peers.length);
        if (peers.length === 0) continue;
        const { network, count } = largest(peers);
        const others = all - (networks[Number(network.split('.')[2])] ?? 0);
        const isFair = count <= Math.ceil(peerCount / 2) || peers.length - count === others;
        expect(isFair).toBe(true);
      }
    });
    fc.assert(property, { numRuns: 60 });
  });

  it('is half of honest peers at least, though hundreds of Sybils from one prefix are there', () => {
    const world = new TrackerWorld();
    settle(world, '203.0.113', 250, seeder);
    for (let host = 1; host <= 40; host++) world.connect(`10.${String(host)}.0.1`, leech);
    world.connect('192.0.2.1', leech);
    const seen = new Set<string>();
    for (let round = 0; round < 200; round++) {
      const honest = world.peersOf('192.0.2.1', 'aa').filter((info) => networkOf(info) !== '203.0.113');
      expect(honest.length).toBeGreaterThanOrEqual(14);
      for (const { peerId } of honest) seen.add(peerId);
    }
    expect(seen.size).toBe(40);
  });

  it('is half of honest peers at least, though a site with IPv6 has thousands of networks', () => {
    const world = new TrackerWorld();
    const netOf = (at: number) => `2001:db8:1:${(at * 256).toString(16)}::1`;
    for (let net = 0; net < 250; net++) world.connect(netOf(net), seeder);
    for (let host = 1; host <= 40; host++) world.connect(`10.${String(host)}.0.1`, leech);
    world.connect('192.0.2.1', leech);
    for (let round = 0; round < 50; round++) {
      const honest = world.peersOf('192.0.2.1', 'aa').filter(({ address }) => !address.ip.includes(':'));
      expect(honest.length).toBeGreaterThanOrEqual(14);
    }
  });

  it('holds peers that an attacker did not choose, though his are nearer and better and from many prefixes', () => {
    const asns = new PrefixTable(prefixes('172.16.0.0/12').map((prefix) => [prefix, '64500'] as const));
    const world = new TrackerWorld({ asns });
    for (let at = 0; at < 600; at++) world.connect(`172.16.${String(at % 250)}.${String(1 + (at % 7))}`, seeder);
    for (let at = 0; at < 200; at++) world.connect(`10.${String(at)}.0.1`, leech);
    world.connect('172.31.0.1', leech);
    let honest = 0;
    const rounds = 200;
    for (let round = 0; round < rounds; round++)
      honest += world.peersOf('172.31.0.1', 'aa').filter(({ peerId }) => peerId.startsWith('10.')).length;
    // A quarter of 29 places is drawn from all, of whom a quarter or more is honest: 1.7 in a list; without it, none.
    expect(honest / rounds).toBeGreaterThan(1);
  });

  it('has one of an address, whatever peer IDs are registered there', () => {
    const world = new TrackerWorld();
    for (let id = 0; id < 100; id++)
      world.connect(`sybil-${String(id)}`, seeder, { from: '203.0.113.1', addresses: [hostOf('203.0.113.1')] });
    world.connect('10.0.0.1', leech);
    world.connect('10.0.0.2', leech);
    const ips = world.peersOf('10.0.0.2', 'aa').map(({ address }) => address.ip);
    expect(ips.toSorted()).toEqual(['10.0.0.1', '203.0.113.1']);
  });

  it('has two addresses of one peer at most', () => {
    const world = new TrackerWorld();
    const addresses = [1, 2, 3, 4].map((at) => hostOf('203.0.113.1', 7000 + at));
    world.connect('203.0.113.1', seeder, { addresses });
    world.connect('10.0.0.2', leech);
    expect(world.peersOf('10.0.0.2', 'aa')).toHaveLength(2);
  });

  it('follows who comes and goes in a large swarm', () => {
    const world = new TrackerWorld();
    for (const network of ['10.0.0', '10.0.1']) settle(world, network, 100);
    world.connect('192.0.2.1', leech);
    for (let round = 0; round < 20; round++) world.peersOf('192.0.2.1', 'aa');
    for (let host = 1; host <= 100; host++) world.connect(`10.0.1.${String(host)}`, [leave('aa')]);
    for (let round = 0; round < 20; round++)
      for (const info of world.peersOf('192.0.2.1', 'aa')) expect(networkOf(info)).toBe('10.0.0');
    settle(world, '10.0.2', 1);
    const heard = new Set<string>();
    for (let round = 0; round < 20; round++)
      for (const info of world.peersOf('192.0.2.1', 'aa')) heard.add(networkOf(info));
    expect([...heard].toSorted()).toEqual(['10.0.0', '10.0.2']);
  });
});

describe('Sybils from one prefix', () => {
  const sybil = (at: number) => ({ from: `203.0.113.${String(at % 250)}`, addresses: [] });

  it('are registered up to a bound, and others still are', () => {
    const world = new TrackerWorld({ peersPerPrefixMax: 20 });
    const codes = Array.from({ length: 30 }, (_, at) => world.connect(`s${String(at)}`, seeder, sybil(at)).errorCode);
    expect(codes.filter((code) => code === errorCodes.noError)).toHaveLength(20);
    expect(codes.at(-1)).toBe(errorCodes.serviceUnavailable);
    expect(world.connect('10.0.0.1', leech).errorCode).toBe(errorCodes.noError);
    expect(world.report('s0', [], sybil(0)).errorCode).toBe(errorCodes.noError);
  });

  it('make room when they leave, or fall silent', () => {
    const world = new TrackerWorld({ peersPerPrefixMax: 1 });
    world.connect('s0', leech, sybil(0));
    world.connect('s0', [leave('aa')], sybil(0));
    expect(world.connect('s1', leech, sybil(1)).errorCode).toBe(errorCodes.noError);
    world.pass(180);
    expect(world.connect('s2', leech, sybil(2)).errorCode).toBe(errorCodes.noError);
  });

  it('do not hold for super nodes', () => {
    const superNodes = [{ nodes: prefixes('203.0.113.0/28'), subscribers: [] }];
    const world = new TrackerWorld({ peersPerPrefixMax: 1, superNodes });
    for (const host of [1, 2, 3]) expect(world.connect(`203.0.113.${String(host)}`, seeder).errorCode).toBe(0);
    expect(world.connect('203.0.113.99', seeder).errorCode).toBe(errorCodes.serviceUnavailable);
  });

  it('fill neither the table of swarms nor that of memberships', () => {
    const world = new TrackerWorld({ peersPerPrefixMax: 3, swarmsMax: 100, membershipsMax: 100 });
    const invent = (at: number) => world.connect('s0', [join(`s${String(at)}`, 'LEECH')], sybil(0)).errorCode;
    expect([0, 1, 2, 3].map(invent)).toEqual([0, 0, 0, errorCodes.serviceUnavailable]);
    expect(world.connect('10.0.0.1', [join('s3', 'LEECH'), join('s4', 'LEECH')]).errorCode).toBe(0);
    expect(world.connect('s0', [join('s3', 'LEECH')], sybil(0)).errorCode).toBe(errorCodes.noError);
    world.connect('s0', [leave('s0')], sybil(0));
    expect(invent(5)).toBe(errorCodes.noError);
    for (let at = 0; at < 40; at++) world.tracker.publish(`p${String(at)}`, 'open');
    const joined = Array.from({ length: 40 }, (_, at) =>
      world.connect('s0', [join(`p${String(at)}`, 'LEECH')], sybil(0)),
    );
    expect(joined.filter(({ errorCode }) => errorCode === errorCodes.noError)).toHaveLength(20);
    expect(world.connect('10.0.0.2', [join('p0', 'LEECH')]).errorCode).toBe(errorCodes.noError);
  });

  it('leave swarms that were published their first peer, however many others are there', () => {
    const world = new TrackerWorld({ swarmsMax: 2 });
    world.connect('s0', [join('s0', 'LEECH'), join('s1', 'LEECH')], sybil(0));
    expect(world.connect('10.0.0.1', leech).errorCode).toBe(errorCodes.serviceUnavailable);
    world.tracker.publish('aa', 'open');
    expect(world.connect('10.0.0.1', leech).errorCode).toBe(errorCodes.noError);
  });

  it('cannot go round the bound by having swarms that they invented held by others', () => {
    const world = new TrackerWorld({ peersPerPrefixMax: 2 });
    for (let round = 0; round < 3; round++) {
      const names = [0, 1].map((at) => join(`r${String(round)}${String(at)}`, 'LEECH'));
      const codes = [world.connect('s0', names, sybil(0)).errorCode, world.connect('10.0.0.1', names).errorCode];
      expect(codes).toEqual(round === 0 ? [0, 0] : [errorCodes.serviceUnavailable, round === 1 ? 0 : 5]);
      world.tracker.terminate('s0');
    }
  });

  it('do not make the tracker busy by moving about in thousands of swarms', () => {
    const world = new TrackerWorld();
    const actions = Array.from({ length: 600 }, (_, at) => join(`s${String(at)}`, 'SEEDER'));
    world.connect('10.0.0.1', actions);
    const move = (port: number) => {
      world.connect('10.0.0.1', [join('s0', 'LEECH')], { addresses: [hostOf('10.0.0.1', port)] });
      return world.tracker.peerView('10.0.0.1')?.addresses[0]?.port;
    };
    expect([1, 2, 3].map(move)).toEqual([7000, 7000, 7000]);
    world.pass(0.5);
    expect([4, 5].map(move)).toEqual([4, 4]);
  });
});

describe('who claims to be at a super node', () => {
  const superNodes = [{ nodes: prefixes('192.0.2.10/32'), subscribers: prefixes('100.64.0.0/10'), everySwarm: true }];
  const claimed = [hostOf('203.0.113.66'), hostOf('192.0.2.10', 6778)];

  it('is not listed with addresses of its own, though a cache answered there', () => {
    const world = new TrackerWorld({ superNodes });
    world.connect('evil', leech, { from: '203.0.113.66', addresses: claimed });
    world.tracker.prove('evil', { ip: '192.0.2.10', port: 6778 }, world.now);
    world.connect('100.64.0.1', leech);
    for (const swarm of ['aa', 'bb']) {
      world.connect('100.64.0.2', [join(swarm, 'LEECH')]);
      expect(world.peersOf('100.64.0.2', swarm).filter(({ address }) => address.ip === '203.0.113.66')).toEqual([]);
    }
    world.connect('10.0.0.1', leech);
    expect(world.peersOf('10.0.0.1', 'aa').filter(({ address }) => address.ip === '203.0.113.66')).toEqual([]);
  });

  it('is listed with all its addresses if it speaks from there', () => {
    const world = new TrackerWorld({ superNodes });
    world.connect('cache', leech, { from: '192.0.2.10', addresses: claimed });
    world.tracker.prove('cache', { ip: '203.0.113.66', port: 7000 }, world.now);
    world.connect('100.64.0.1', leech);
    const listed = world.peersOf('100.64.0.1', 'aa').map(({ address }) => address.ip);
    expect(listed.toSorted()).toEqual(['192.0.2.10', '203.0.113.66']);
  });
});
