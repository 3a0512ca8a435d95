import { errorCodes } from '../message/response';
import { everySwarm } from './catalogue';
import type { Page } from './views';
import { hostOf, join, leave, TrackerWorld } from './tracker.testing';

const { noError, forbiddenAction, authenticationRequired } = errorCodes;
const alice = { name: 'alice', via: 'digest' } as const;
const bob = { name: 'bob', via: 'certificate' } as const;
const leech = [join('aa', 'LEECH')];

function closed(): TrackerWorld {
  const world = new TrackerWorld();
  world.tracker.publish('aa', 'closed');
  world.tracker.grant('aa', 'alice');
  return world;
}

describe('a closed swarm', () => {
  it('asks who one is, and lets in who has a grant', () => {
    const world = closed();
    expect(world.connect('p', leech)).toMatchObject({ errorCode: authenticationRequired, results: [] });
    expect(world.connect('p', leech, { principal: bob })).toMatchObject({ errorCode: forbiddenAction, results: [] });
    expect(world.tracker.counts.peers).toBe(0);
    expect(world.connect('p', leech, { principal: alice }).errorCode).toBe(noError);
    expect(world.tracker.swarmView('aa')).toEqual({ swarmId: 'aa', access: 'closed', seeders: 0, leeches: 1 });
  });

  it('tells its peers to nobody else', () => {
    const world = closed();
    world.connect('p', leech, { principal: alice });
    world.connect('10.0.0.2', [join('bb', 'LEECH')]);
    expect(world.find('10.0.0.2', 'aa').errorCode).toBe(authenticationRequired);
    expect(world.find('10.0.0.2', 'aa', { principal: bob }).errorCode).toBe(forbiddenAction);
  });

  it('makes a whole CONNECT ask who one is, and refuses its own part of one alone', () => {
    const world = closed();
    const both = [join('bb', 'LEECH'), ...leech];
    expect(world.connect('p', both).errorCode).toBe(authenticationRequired);
    expect(world.connect('p', both, { principal: bob }).results).toMatchObject([
      { swarmId: 'bb', successful: true },
      { swarmId: 'aa', successful: false },
    ]);
  });

  it('lets in who has a grant for every swarm', () => {
    const world = closed();
    world.tracker.grant(everySwarm, 'bob');
    expect(world.connect('p', leech, { principal: bob }).errorCode).toBe(noError);
    world.tracker.revoke(everySwarm, 'bob');
    expect(world.tracker.counts.peers).toBe(0);
    expect(world.connect('p', leech, { principal: bob }).errorCode).toBe(forbiddenAction);
  });

  it('is left by whoever loses the grant', () => {
    const world = closed();
    world.tracker.grant('aa', 'bob');
    world.connect('a', [...leech, join('bb', 'LEECH')], { principal: alice });
    world.connect('b', leech, { principal: bob });
    world.tracker.revoke('aa', 'alice');
    expect(world.tracker.peerView('a')?.swarms).toBe(1);
    expect(world.tracker.peerView('b')?.swarms).toBe(1);
    expect(world.report('a', ['aa'], { principal: alice }).errorCode).toBe(forbiddenAction);
  });

  it('is left by strangers when it is closed, and open to them when it is opened', () => {
    const world = new TrackerWorld();
    world.connect('p', leech);
    world.tracker.publish('aa', 'closed');
    expect(world.tracker.counts).toEqual({ peers: 0, swarms: 0, memberships: 0 });
    world.tracker.publish('aa', 'open');
    expect(world.connect('p', leech).errorCode).toBe(noError);
  });
});

describe('published swarms', () => {
  it('are all there are, if the tracker admits no others', () => {
    const world = new TrackerWorld({ admission: 'published' });
    expect(world.connect('p', leech).errorCode).toBe(forbiddenAction);
    world.tracker.publish('aa', 'open');
    expect(world.connect('p', leech).errorCode).toBe(noError);
  });

  it('are valid for FIND though nobody is there, as unknown ones are not', () => {
    const world = new TrackerWorld();
    world.tracker.publish('cc', 'open');
    world.connect('p', leech);
    expect(world.find('p', 'cc')).toMatchObject({ errorCode: noError, results: [{ peers: [] }] });
    expect(world.find('p', 'dd').errorCode).toBe(forbiddenAction);
  });

  it.each(['any', 'published'] as const)('are over when they are withdrawn, where %s are admitted', (admission) => {
    const world = new TrackerWorld({ admission });
    world.tracker.publish('aa', 'open');
    world.tracker.publish('bb', 'open');
    for (const host of [1, 2, 3]) world.connect(`10.0.0.${String(host)}`, leech);
    world.connect('10.0.0.1', [join('bb', 'LEECH')]);
    expect(world.tracker.withdraw('aa')).toBe(3);
    expect(world.tracker.counts).toEqual({ peers: 1, swarms: 1, memberships: 1 });
    expect(world.connect('10.0.0.1', leech).errorCode).toBe(forbiddenAction);
    expect(world.find('10.0.0.1', 'aa').errorCode).toBe(forbiddenAction);
    world.tracker.publish('aa', 'open');
    expect(world.connect('10.0.0.1', leech).errorCode).toBe(noError);
  });
});

describe('what an operator sees', () => {
  function all<Item>(page: (cursor: number) => Page<Item>): readonly Item[] {
    const items: Item[] = [];
    for (let cursor: number | undefined = 0; cursor !== undefined;) {
      const part: Page<Item> = page(cursor);
      items.push(...part.items);
      cursor = part.next;
    }
    return items;
  }

  it('is each swarm and each peer once, page by page', () => {
    const world = new TrackerWorld();
    for (let at = 0; at < 25; at++) world.connect(`10.0.0.${String(at)}`, [join('aa', at % 2 ? 'LEECH' : 'SEEDER')]);
    for (let at = 0; at < 7; at++) world.connect(`10.0.1.${String(at)}`, [join(`b${String(at)}`, 'LEECH')]);
    const swarms = all((cursor) => world.tracker.swarmsView(cursor, 3));
    expect(world.tracker.swarmsView(1e15, 3)).toEqual({ items: [], next: undefined });
    expect(swarms.map(({ swarmId }) => swarmId).toSorted()).toEqual(['aa', 'b0', 'b1', 'b2', 'b3', 'b4', 'b5', 'b6']);
    expect(swarms[0]).toEqual({ swarmId: 'aa', access: undefined, seeders: 13, leeches: 12 });
    const peers = all((cursor) => world.tracker.peersView('aa', cursor, 10));
    expect(new Set(peers.map(({ peerId }) => peerId)).size).toBe(25);
    expect(world.tracker.peersView('zz')).toEqual({ items: [], next: undefined });
  });

  it('is what a peer said and did', () => {
    const world = new TrackerWorld();
    world.connect('p', leech, { addresses: [{ ...hostOf('198.51.100.1'), priority: 7 }], principal: alice });
    world.pass(5);
    world.report('p', ['aa'], { principal: alice });
    expect(world.tracker.peersView('aa').items).toEqual([
      {
        peerId: 'p',
        principal: 'alice',
        addresses: [{ ...hostOf('198.51.100.1'), priority: 7, asn: undefined, proven: true }],
        registeredAt: 0,
        lastHeard: 5_000_000,
        superNode: false,
        swarms: 1,
        mode: 'LEECH',
        stats: { uploadedBytes: 1, downloadedBytes: 2, availableBandwidth: 3, concurrentLinks: 4 },
      },
    ]);
  });

  it('is gone when a registration is ended', () => {
    const world = new TrackerWorld();
    world.connect('p', [...leech, join('bb', 'LEECH')]);
    expect(world.tracker.terminate('p')).toBe(true);
    expect(world.tracker.terminate('p')).toBe(false);
    expect(world.tracker.counts).toEqual({ peers: 0, swarms: 0, memberships: 0 });
    expect(world.connect('p', [leave('aa')]).errorCode).toBe(forbiddenAction);
  });
});
