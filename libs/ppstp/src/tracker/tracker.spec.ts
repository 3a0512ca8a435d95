import * as fc from 'fast-check';

import { responseRoot } from '../message/definitions';
import { anyRequest } from '../message/message.testing';
import type { Request, SwarmAction } from '../message/request';
import { decodeResponse, encodeResponse, errorCodes } from '../message/response';
import { hostOf, join, leave, listed, TrackerWorld } from './tracker.testing';

const { noError, forbiddenAction, serviceUnavailable } = errorCodes;

describe('CONNECT by table 6 of RFC 7846', () => {
  /** Brings peer p to the initial state, sends it the actions, and tells the code and the state that follow. */
  function outcome(initial: readonly SwarmAction[], actions: readonly SwarmAction[]) {
    const world = new TrackerWorld();
    if (initial.length > 0) world.connect('p', initial);
    const { errorCode } = world.connect('p', actions);
    return { errorCode, final: world.tracker.counts.peers === 1 ? 'TRACKING' : 'TERMINATE' };
  }
  const leech = join('aa', 'LEECH');
  const seed = join('aa', 'SEEDER');
  const valid = { errorCode: noError, final: 'TRACKING' };
  const invalid = { errorCode: forbiddenAction, final: 'TERMINATE' };

  it.each([
    ['row 1: LEECH JOIN in START', [], [leech], valid],
    ['row 2: LEECH LEAVE in START', [], [leave('aa')], invalid],
    ['row 3: LEECH LEAVE in TRACKING', [leech], [leave('aa')], { errorCode: noError, final: 'TERMINATE' }],
    ['row 4: LEECH JOIN and LEAVE in START', [], [join('bb', 'LEECH'), leave('aa')], invalid],
    ['row 5: LEECH JOIN and LEAVE in TRACKING', [leech], [leave('aa'), join('bb', 'LEECH')], valid],
    ['row 6: SEEDER JOINs in START', [], [seed, join('bb', 'SEEDER')], valid],
    ['row 7: SEEDER JOINs in TRACKING', [seed], [join('bb', 'SEEDER'), join('cc', 'SEEDER')], invalid],
    ['row 7: of the same swarm', [seed], [seed], invalid],
    ['row 7: of what was a LEECH', [leech], [seed], invalid],
    ['row 8: SEEDER LEAVE in TRACKING', [seed], [leave('aa', 'SEEDER')], { errorCode: noError, final: 'TERMINATE' }],
  ])('%s', (_, initial, actions, expected) => expect(outcome(initial, actions)).toEqual(expected));

  it.each([
    ['LEECH JOIN in TRACKING', [leech], [join('bb', 'LEECH')]],
    ['several LEECH JOINs', [], [leech, join('bb', 'LEECH')]],
    ['JOINs in either mode in START', [], [seed, join('bb', 'LEECH')]],
    ['JOIN as LEECH of what was a SEEDER', [seed], [leech]],
    ['LEAVE of one swarm of two', [leech, join('bb', 'LEECH')], [leave('aa')]],
  ])('beyond it, valid: %s', (_, initial, actions) => expect(outcome(initial, actions)).toEqual(valid));

  it('answers an action in TRACKING that is invalid with an error, and tracks on', () => {
    expect(outcome([leech], [leave('bb')])).toEqual({ errorCode: forbiddenAction, final: 'TRACKING' });
  });

  it('gives each of several actions its result', () => {
    const world = new TrackerWorld();
    world.connect('p', [leech]);
    const actions = [leave('bb'), join('cc', 'LEECH'), join('dd', 'SEEDER')];
    expect(world.connect('p', actions).results).toMatchObject([
      { swarmId: 'bb', successful: false },
      { swarmId: 'cc', successful: true },
      { swarmId: 'dd', successful: false },
    ]);
    expect(world.tracker.counts).toEqual({ peers: 1, swarms: 2, memberships: 2 });
  });

  it('answers an error with nothing but its code (section 4.3)', () => {
    expect(new TrackerWorld().connect('p', [leave('aa')])).toEqual({
      transactionId: '1',
      errorCode: forbiddenAction,
      results: [],
    });
  });
});

describe('the tracker', () => {
  it('is in INIT without peers, and in STARTED with them (figure 4)', () => {
    const world = new TrackerWorld();
    expect(world.tracker.state).toBe('INIT');
    world.connect('p', [join('aa', 'LEECH')]);
    expect(world.tracker.state).toBe('STARTED');
    world.connect('p', [leave('aa')]);
    expect(world.tracker.state).toBe('INIT');
    expect(world.tracker.counts).toEqual({ peers: 0, swarms: 0, memberships: 0 });
  });

  it('refuses FIND and STAT_REPORT of a peer that is not registered (section 2.3.2 B)', () => {
    const world = new TrackerWorld();
    world.connect('p', [join('aa', 'LEECH')]);
    expect(world.find('q', 'aa')).toMatchObject({ errorCode: forbiddenAction, results: [] });
    expect(world.report('q', ['aa'])).toMatchObject({ errorCode: forbiddenAction, results: [] });
    expect(world.tracker.counts.peers).toBe(1);
  });

  it('refuses FIND and STAT_REPORT of an invalid swarm ID, and tracks on (section 2.3.2 C)', () => {
    const world = new TrackerWorld();
    world.connect('p', [join('aa', 'LEECH')]);
    world.connect('q', [join('bb', 'LEECH')]);
    expect(world.find('p', 'cc').errorCode).toBe(forbiddenAction);
    expect(world.report('p', ['bb']).errorCode).toBe(forbiddenAction);
    expect(world.tracker.counts.peers).toBe(2);
  });

  it('takes a report of some swarms that the peer is in and some that it is not', () => {
    const world = new TrackerWorld();
    world.connect('p', [join('aa', 'LEECH')]);
    expect(world.report('p', ['aa', 'bb']).results).toEqual([
      { swarmId: 'aa', successful: true },
      { swarmId: 'bb', successful: false },
    ]);
  });

  it('takes a report without statistics as a sign of life', () => {
    const world = new TrackerWorld();
    world.connect('p', [join('aa', 'LEECH')]);
    expect(world.report('p')).toMatchObject({ errorCode: noError, results: [] });
  });

  it('tells a peer its public address, unless the peer asked a STUN server (section 4.1.1)', () => {
    const world = new TrackerWorld();
    const seen = world.connect('q', [join('aa', 'LEECH')], { from: '::ffff:203.0.113.9' });
    expect(seen.peerAddress).toEqual({ ip: '203.0.113.9', port: 50_000, priority: 1, type: 'REFLEXIVE' });
    const addresses = [{ ...hostOf('p'), type: 'REFLEXIVE' as const }];
    expect(world.connect('p', [join('aa', 'LEECH')], { addresses }).peerAddress).toBeUndefined();
    expect(world.find('p', 'aa').peerAddress).toBeUndefined();
  });

  it('survives any sequence of requests, and every answer can be read', () => {
    const step = fc.record({
      request: anyRequest,
      peer: fc.nat({ max: 3 }),
      swarm: fc.nat({ max: 2 }),
      wait: fc.nat(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const world = new TrackerWorld({ peersMax: 3, swarmsMax: 2, swarmsPerPeerMax: 2, membershipsMax: 5 });
        for (const { request, peer, swarm, wait } of steps) {
          world.now += wait % 100_000_000;
          const few = narrowed(request, String(peer), String(swarm));
          const answer = world.tracker.handle(few, { now: world.now, from: { ip: '192.0.2.1', port: 1 } });
          const text = encodeResponse(answer);
          expect(responseRoot.safeParse(JSON.parse(text)).success).toBe(true);
          expect(decodeResponse(text)).toMatchObject({ ok: true, message: { errorCode: answer.errorCode } });
          const { peers, swarms, memberships } = world.tracker.counts;
          expect(peers <= 3 && swarms <= 2 && memberships <= 5).toBe(true);
          expect(memberships >= peers && memberships >= swarms && peers > 0 === swarms > 0).toBe(true);
        }
        world.tracker.expire(world.now + 180_000_000);
        expect(world.tracker.counts).toEqual({ peers: 0, swarms: 0, memberships: 0 });
      }),
    );
  });
});

describe('the track timer', () => {
  const joined = () => {
    const world = new TrackerWorld();
    world.connect('10.0.0.1', [join('aa', 'SEEDER')]);
    world.pass(100);
    return world;
  };

  it.each<[string, (world: TrackerWorld) => unknown]>([
    ['STAT_REPORT', (world) => world.report('10.0.0.1')],
    ['FIND', (world) => world.find('10.0.0.1', 'aa')],
    ['CONNECT', (world) => world.connect('10.0.0.1', [join('bb', 'LEECH')])],
  ])('starts again with a %s (section 2.3.1)', (_, ask) => {
    const world = joined();
    ask(world);
    world.pass(179);
    expect(world.tracker.expire(world.now)).toBe(0);
    world.pass(1);
    expect(world.tracker.expire(world.now)).toBe(1);
    expect(world.tracker.counts).toEqual({ peers: 0, swarms: 0, memberships: 0 });
  });

  it('runs on when a request fails', () => {
    const world = joined();
    world.find('10.0.0.1', 'cc');
    world.pass(80);
    expect(world.tracker.expire(world.now)).toBe(1);
  });

  it('ends a registration at once, whoever looks first (section 2.3.2 D)', () => {
    const world = joined();
    world.pass(80);
    expect(world.report('10.0.0.1').errorCode).toBe(forbiddenAction);
  });

  it('ends those alone that are silent', () => {
    const world = joined();
    world.connect('10.0.0.2', [join('aa', 'LEECH')]);
    world.pass(80);
    world.connect('10.0.0.3', [join('aa', 'LEECH')]);
    expect(listed(world.find('10.0.0.3', 'aa'))).toEqual(['10.0.0.2']);
  });
});

describe('bounds', () => {
  it('answers 05 to a peer too many, and takes it when another has left', () => {
    const world = new TrackerWorld({ peersMax: 1 });
    world.connect('p', [join('aa', 'LEECH')]);
    expect(world.connect('q', [join('aa', 'LEECH')])).toMatchObject({ errorCode: serviceUnavailable, results: [] });
    world.connect('p', [leave('aa')]);
    expect(world.connect('q', [join('aa', 'LEECH')]).errorCode).toBe(noError);
  });

  it.each(['swarmsMax', 'swarmsPerPeerMax', 'membershipsMax'] as const)('holds %s', (bound) => {
    const world = new TrackerWorld({ [bound]: 2 });
    world.connect('p', [join('aa', 'SEEDER'), join('bb', 'SEEDER')]);
    expect(world.connect('p', [join('cc', 'LEECH')]).errorCode).toBe(serviceUnavailable);
    expect(world.connect('p', [join('aa', 'LEECH'), join('cc', 'LEECH')]).results).toMatchObject([
      { successful: true },
      { successful: false },
    ]);
  });
});

/** The request as one of few peers makes it about few swarms, so that requests meet. */
function narrowed(request: Request, peerId: string, swarmId: string) {
  switch (request.type) {
    case 'CONNECT':
      return { ...request, peerId, actions: request.actions.map((action) => ({ ...action, swarmId })) };
    case 'FIND':
      return { ...request, peerId, swarmId };
    case 'STAT_REPORT':
      return { ...request, peerId, stats: request.stats.map((stats) => ({ ...stats, swarmId })) };
  }
}
