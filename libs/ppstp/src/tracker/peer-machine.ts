import type { SwarmAction } from '../message/request';

/**
 * The "per-Peer-ID" state machine of RFC 7846 section 2.3 and figure 5, and the validity of actions in it by table 6. Pure:
 * states, events and what is to be done with the timers.
 *
 * A request is processed at once, so that START and PEER_REGISTERED last no time, and the "init timer", which is started
 * and stopped within one request, cannot run out. In TERMINATE "the state machine is destroyed".
 *
 * Table 6 is followed row by row. What it has no row for, and where we read it more widely:
 * - LEECH JOIN is valid for any number of swarms, and while TRACKING too: else nobody could watch two swarms, or add one.
 * - SEEDER and LEECH JOINs in one request are valid in START.
 * - LEAVE ends the registration with the last swarm, not with the first; LEAVE of a swarm that the peer is not in is
 *   invalid, and ends nothing (section 2.3.2 C).
 * - In TRACKING each action has its own validity and its own result; the request is invalid if no action is valid. Then it
 *   ends the registration if a SEEDER JOIN is among them, as table 6 says. In START one LEAVE makes the whole request
 *   invalid, as in table 6.
 * A repeated request is no case of this: `Transactions` answers it before.
 */
export type PeerState = 'START' | 'PEER_REGISTERED' | 'TRACKING' | 'TERMINATE';

/**
 * What happens to a peer ID. `connect`: CONNECT in START. `stranger`: FIND or STAT_REPORT of a peer that is not
 * registered, or a peer ID that is invalid (B). `invalid-actions`: in START, (A); in TRACKING, table 6 with SEEDER JOIN.
 * `done`: a request was valid (2, 3, 4). `error`: it was not, and the peer stays (C). `left`: it left its last swarm.
 * `timeout`: the track timer ran out (D).
 */
export type PeerEvent = 'connect' | 'stranger' | 'invalid-actions' | 'done' | 'error' | 'left' | 'timeout';

/** What is to be done with a timer. */
export type TimerAction = 'start-init' | 'stop-init' | 'start-track' | 'restart-track' | 'stop-track';

/** Where an event leads, and what it does to the timers. */
export interface Transition {
  readonly next: PeerState;
  readonly timers: readonly TimerAction[];
}

const ended: Transition = { next: 'TERMINATE', timers: ['stop-track'] };
const refused: Transition = { next: 'TERMINATE', timers: ['stop-init'] };

/** Figure 5. What is not in it cannot happen. */
const transitions: Readonly<Record<PeerState, Readonly<Partial<Record<PeerEvent, Transition>>>>> = {
  START: {
    connect: { next: 'PEER_REGISTERED', timers: ['start-init'] },
    stranger: { next: 'TERMINATE', timers: [] },
  },
  PEER_REGISTERED: {
    done: { next: 'TRACKING', timers: ['stop-init', 'start-track'] },
    'invalid-actions': refused,
    stranger: refused,
  },
  TRACKING: {
    done: { next: 'TRACKING', timers: ['restart-track'] },
    error: { next: 'TRACKING', timers: [] },
    'invalid-actions': ended,
    left: ended,
    timeout: ended,
  },
  TERMINATE: {},
};

/** What follows; undefined if the event cannot happen in that state. */
export function transition(state: PeerState, event: PeerEvent): Transition | undefined {
  return transitions[state][event];
}

/** `fatal`: invalid, and if nothing else in the request is valid, it ends the registration. */
type Validity = 'valid' | 'invalid' | 'fatal';

/** The actions of a request, judged. */
export interface Judgement {
  /** For each action whether it may be done. None of them may if the request is invalid. */
  readonly valid: readonly boolean[];
  /** What happens to the peer if no action is done. */
  readonly otherwise: 'invalid-actions' | 'error';
}

/** Table 6: judges the actions of a CONNECT that comes in PEER_REGISTERED or TRACKING. */
export function judge(
  state: 'PEER_REGISTERED' | 'TRACKING',
  actions: readonly SwarmAction[],
  isIn: (swarmId: string) => boolean,
): Judgement {
  if (state === 'PEER_REGISTERED') {
    const isValid = actions.every(({ action }) => action === 'JOIN');
    return { valid: actions.map(() => isValid), otherwise: 'invalid-actions' };
  }
  const validities = actions.map((action) => whileTracking(action, isIn));
  const isFatal = validities.includes('fatal');
  return {
    valid: validities.map((validity) => validity === 'valid'),
    otherwise: isFatal ? 'invalid-actions' : 'error',
  };
}

function whileTracking({ swarmId, action, mode }: SwarmAction, isIn: (swarmId: string) => boolean): Validity {
  if (action === 'LEAVE') return isIn(swarmId) ? 'valid' : 'invalid';
  return mode === 'LEECH' ? 'valid' : 'fatal';
}
