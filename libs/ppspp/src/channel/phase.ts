/** RFC 7574 section 3.1.1: `opening` waits for an answer, `answered` is about to hear its proven initiator. */
export type ChannelPhase = 'opening' | 'answered' | 'open' | 'closed';

/** Which phase may follow which. */
export const successors: Readonly<Record<ChannelPhase, readonly ChannelPhase[]>> = {
  opening: ['open', 'closed'],
  answered: ['open', 'closed'],
  open: ['closed'],
  closed: [],
};

/** Why a channel ended. */
export type Ending =
  | 'closed-by-peer'
  | 'unanswered'
  | 'refused'
  /** Our HANDSHAKE said again was answered with a new channel: the peer was restarted. */
  | 'forgotten'
  | 'dead'
  | 'stalled'
  | 'lied'
  /** Chunks came again and again without the hashes that prove them. */
  | 'unproven'
  /** Too many datagrams came that cannot be read. */
  | 'malformed'
  /** What the peer delivered before is needed again: it would not send the hashes again. */
  | 'exhausted'
  | 'left'
  /** It was intercepted, and is its origin's from now on. */
  | 'diverted';

/** What is to be sent because time passed: a HANDSHAKE again, an empty datagram, or both on an open channel. */
export type Reminder = 'again' | 'keep-alive' | 'nudge';

/** Endings that the peer is told of by a closing HANDSHAKE. RFC 7574 section 3.1.1, step 8. */
export const saysGoodbye: Readonly<Record<Ending, boolean>> = {
  'closed-by-peer': false,
  unanswered: false,
  refused: true,
  forgotten: false,
  dead: false,
  stalled: true,
  lied: true,
  unproven: true,
  malformed: true,
  exhausted: true,
  left: true,
  diverted: false,
};

/** Endings after which a peer waits before it is called again. */
export const isFailure: Readonly<Record<Ending, boolean>> = {
  'closed-by-peer': true,
  unanswered: true,
  refused: true,
  forgotten: false,
  dead: true,
  stalled: true,
  lied: true,
  unproven: true,
  malformed: true,
  exhausted: false,
  left: false,
  diverted: false,
};
