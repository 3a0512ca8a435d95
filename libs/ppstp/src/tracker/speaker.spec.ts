import { errorCodes } from '../message/response';
import { hostOf, join, leave, listed, TrackerWorld } from './tracker.testing';

const { noError, forbiddenAction, authenticationRequired } = errorCodes;
const seeder = [join('aa', 'SEEDER')];
const leech = [join('aa', 'LEECH')];
const alice = { name: 'alice', via: 'digest' } as const;

describe('a peer ID that somebody else names', () => {
  const victim = (from: string, address = from) => {
    const world = new TrackerWorld();
    world.connect('victim', seeder, { from, addresses: [hostOf(address)] });
    return world;
  };

  it('lets nobody join or leave for it, report or look up', () => {
    const world = victim('10.0.0.1');
    const before = world.tracker.peerView('victim');
    const from = '10.0.0.66';
    expect(world.connect('victim', [leave('aa')], { from }).errorCode).toBe(forbiddenAction);
    expect(world.connect('victim', [join('bb', 'LEECH')], { from }).errorCode).toBe(forbiddenAction);
    expect(world.connect('victim', seeder, { from, addresses: [hostOf(from)] }).errorCode).toBe(forbiddenAction);
    expect(world.find('victim', 'aa', { from }).errorCode).toBe(forbiddenAction);
    expect(world.report('victim', ['aa'], { from }).errorCode).toBe(forbiddenAction);
    expect(world.tracker.peerView('victim')).toEqual(before);
    expect(world.tracker.swarmView('bb')).toBeUndefined();
  });

  it('does not keep it alive, and is not known for it', () => {
    const world = victim('10.0.0.1');
    world.pass(100);
    world.report('victim', [], { from: '10.0.0.66' });
    const context = (ip: string) => ({ now: world.now, from: { ip, port: 1 } });
    expect(world.tracker.knows('victim', context('10.0.0.66'))).toBe(false);
    expect(world.tracker.knows('victim', context('10.0.0.1'))).toBe(true);
    world.pass(80);
    expect(world.tracker.expire(world.now)).toBe(1);
  });

  it('is heard from where it registered, and from the addresses that it named', () => {
    const world = victim('198.51.100.7', '10.0.0.1');
    expect(world.report('victim', ['aa'], { from: '198.51.100.7' }).errorCode).toBe(noError);
    expect(world.report('victim', ['aa'], { from: '10.0.0.1' }).errorCode).toBe(noError);
  });

  it('is heard from its link, where hosts change their addresses (IPv6)', () => {
    const world = new TrackerWorld();
    world.connect('victim', leech, { from: '2001:db8:0:1::1', addresses: [] });
    expect(world.report('victim', [], { from: '2001:db8:0:1:ffff::9' }).errorCode).toBe(noError);
    expect(world.report('victim', [], { from: '2001:db8:0:2::1' }).errorCode).toBe(forbiddenAction);
  });
});

describe('a peer ID of a principal', () => {
  it('is heard from wherever the principal is, and from nobody else', () => {
    const world = new TrackerWorld();
    world.connect('p', seeder, { from: '10.0.0.1', principal: alice });
    expect(world.report('p', ['aa'], { from: '10.9.9.9', principal: alice }).errorCode).toBe(noError);
    expect(world.report('p', ['aa'], { from: '10.0.0.1' }).errorCode).toBe(authenticationRequired);
    const mallory = { name: 'mallory', via: 'digest' } as const;
    expect(world.report('p', ['aa'], { from: '10.0.0.1', principal: mallory }).errorCode).toBe(forbiddenAction);
    expect(world.connect('p', [leave('aa')], { from: '10.0.0.1' })).toMatchObject({
      errorCode: authenticationRequired,
      results: [],
    });
    expect(world.tracker.peerView('p')?.principal).toBe('alice');
  });

  it('may have begun without one', () => {
    const world = new TrackerWorld();
    world.connect('p', leech);
    world.connect('p', [join('bb', 'LEECH')], { principal: alice });
    expect(world.report('p').errorCode).toBe(authenticationRequired);
  });
});

describe('addresses that a peer names', () => {
  it('are listed where the request comes from, and others once they are proven by a request from there', () => {
    const world = new TrackerWorld();
    const addresses = [hostOf('10.0.0.1'), hostOf('203.0.113.5')];
    world.connect('dual', seeder, { from: '10.0.0.1', addresses });
    const seen = () => world.peersOf('10.0.0.9', 'aa').map(({ address }) => address.ip);
    world.connect('10.0.0.9', leech);
    expect(seen()).toEqual(['10.0.0.1']);
    world.report('dual', [], { from: '203.0.113.5' });
    expect(seen()).toEqual(['10.0.0.1', '203.0.113.5']);
  });

  it('are not listed for a victim that never asked, whoever names it', () => {
    const world = new TrackerWorld();
    world.connect('liar', seeder, { from: '10.0.0.66', addresses: [hostOf('203.0.113.5')] });
    expect(listed(world.connect('10.0.0.9', leech))).toEqual([]);
    expect(world.tracker.counts.memberships).toBe(2);
  });

  it('are handed out once to be looked into, and listed when they answered', () => {
    const world = new TrackerWorld();
    world.connect('p', seeder, { from: '10.0.0.1', addresses: [hostOf('10.0.0.1'), hostOf('203.0.113.5')] });
    world.connect('p', [join('bb', 'LEECH')], { from: '10.0.0.1', addresses: [hostOf('203.0.113.5')] });
    const claim = { peerId: 'p', swarmId: 'aa', address: { ip: '203.0.113.5', port: 7000 } };
    expect(world.tracker.takeUnproven(9)).toEqual([claim]);
    const again = [hostOf('203.0.113.5'), { ...hostOf('203.0.113.5'), asn: '7' }];
    for (const address of again) world.connect('p', [join('bb', 'LEECH')], { from: '10.0.0.1', addresses: [address] });
    expect(world.tracker.takeUnproven(9)).toEqual([]);
    world.tracker.prove('p', claim.address, world.now);
    expect(world.tracker.peerView('p')?.addresses).toMatchObject([{ ip: '203.0.113.5', proven: true }]);
    expect(listed(world.connect('10.0.0.9', leech))).toEqual(['p']);
  });

  it('are not handed out once they are proven, or their peer is gone', () => {
    const world = new TrackerWorld();
    world.connect('p', seeder, { from: '10.0.0.1', addresses: [hostOf('203.0.113.5')] });
    world.connect('q', leech, { from: '10.0.0.1', addresses: [hostOf('203.0.113.6')] });
    world.report('p', [], { from: '203.0.113.5' });
    world.connect('q', [leave('aa')], { from: '10.0.0.1' });
    expect(world.tracker.takeUnproven(9)).toEqual([]);
  });

  it('stay proven when a peer names them again, and are forgotten when it does not', () => {
    const world = new TrackerWorld();
    world.connect('p', leech, { from: '10.0.0.1', addresses: [hostOf('203.0.113.5')] });
    world.tracker.prove('p', { ip: '203.0.113.5', port: 7000 }, world.now);
    world.connect('p', leech, { from: '10.0.0.1', addresses: [{ ...hostOf('203.0.113.5'), asn: '1' }] });
    expect(world.tracker.peerView('p')?.addresses).toMatchObject([{ asn: '1', proven: true }]);
    world.connect('p', leech, { from: '10.0.0.1', addresses: [hostOf('10.0.0.1')] });
    world.connect('p', leech, { from: '10.0.0.1', addresses: [hostOf('203.0.113.5')] });
    expect(world.tracker.peerView('p')?.addresses).toMatchObject([{ proven: false }]);
  });

  it('are believed over loopback where peers may be on loopback', () => {
    for (const allowLoopback of [true, false]) {
      const world = new TrackerWorld({ allowLoopback });
      world.connect('p', seeder, { from: '127.0.0.1', addresses: [hostOf('10.0.0.1')] });
      expect(world.tracker.peerView('p')?.addresses).toMatchObject([{ proven: allowLoopback }]);
    }
  });
});
