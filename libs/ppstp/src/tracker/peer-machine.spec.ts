import type { SwarmAction } from '../message/request';
import { judge, type PeerEvent, type PeerState, transition } from './peer-machine';
import { join, leave } from './tracker.testing';

describe('the per-Peer-ID state machine of figure 5', () => {
  it.each<[string, PeerState, PeerEvent, PeerState, readonly string[]]>([
    ['(1) CONNECT', 'START', 'connect', 'PEER_REGISTERED', ['start-init']],
    ['(2) the actions are done', 'PEER_REGISTERED', 'done', 'TRACKING', ['stop-init', 'start-track']],
    ['(3, 4) a valid request', 'TRACKING', 'done', 'TRACKING', ['restart-track']],
    ['(A) no action is valid', 'PEER_REGISTERED', 'invalid-actions', 'TERMINATE', ['stop-init']],
    ['(B) a peer that is not registered', 'START', 'stranger', 'TERMINATE', []],
    ['(B) an invalid peer ID', 'PEER_REGISTERED', 'stranger', 'TERMINATE', ['stop-init']],
    ['(C) a request that is invalid', 'TRACKING', 'error', 'TRACKING', []],
    ['(D) the track timer runs out', 'TRACKING', 'timeout', 'TERMINATE', ['stop-track']],
    ['table 6, SEEDER JOIN', 'TRACKING', 'invalid-actions', 'TERMINATE', ['stop-track']],
    ['table 6, LEAVE', 'TRACKING', 'left', 'TERMINATE', ['stop-track']],
  ])('%s', (...[, state, event, next, timers]) => expect(transition(state, event)).toEqual({ next, timers }));

  it.each<[PeerState, readonly PeerEvent[]]>([
    ['START', ['done', 'error', 'left', 'timeout', 'invalid-actions']],
    ['PEER_REGISTERED', ['connect', 'error', 'left', 'timeout']],
    ['TRACKING', ['connect', 'stranger']],
    ['TERMINATE', ['connect', 'done', 'error', 'left', 'timeout', 'invalid-actions', 'stranger']],
  ])('nothing else can happen in %s', (state, events) => {
    for (const event of events) expect(transition(state, event)).toBeUndefined();
  });
});

describe('the validity of actions by table 6', () => {
  const leech = join('bb', 'LEECH');
  const seed = join('bb', 'SEEDER');
  const isIn = (swarmId: string) => swarmId === 'aa';
  const judged = (state: 'PEER_REGISTERED' | 'TRACKING', actions: readonly SwarmAction[]) =>
    judge(state, actions, isIn);

  it('lets join in START, and makes a LEAVE the whole request invalid', () => {
    expect(judged('PEER_REGISTERED', [leech, seed]).valid).toEqual([true, true]);
    expect(judged('PEER_REGISTERED', [leech, leave('aa')])).toEqual({
      valid: [false, false],
      otherwise: 'invalid-actions',
    });
  });

  it('lets a LEECH join and leave in TRACKING, and nobody leave where he is not', () => {
    expect(judged('TRACKING', [leech, leave('aa'), leave('cc')])).toEqual({
      valid: [true, true, false],
      otherwise: 'error',
    });
  });

  it('ends with SEEDER JOIN in TRACKING, if nothing else was valid', () => {
    expect(judged('TRACKING', [seed, leave('cc')])).toEqual({ valid: [false, false], otherwise: 'invalid-actions' });
    expect(judged('TRACKING', [seed, leave('aa')]).valid).toEqual([false, true]);
  });
});
