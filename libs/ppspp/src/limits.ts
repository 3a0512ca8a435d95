/** A point in time or a span, in whole microseconds. Only differences mean anything. */
export type Micros = number;

/** Microseconds in a second. */
export const second: Micros = 1_000_000;

/**
 * Every bound of the protocol core, and what it protects. A bound that an operator may want to move is in
 * `EndpointConfig` instead, with its default here.
 */
export const limits = {
  /** Largest datagram we compose unless one chunk needs more: an IPv6 packet of 1500 bytes without its headers. */
  datagramBytes: 1452,
  /** Largest payload UDP over IPv4 carries: a chunk beyond the MTU goes in one fragmented datagram. */
  datagramBytesMax: 65_507,
  /** Smallest and largest chunk of a swarm: RFC 7574 section 8.1, where a chunk with its header must fit one datagram. */
  chunkSizeMin: 512,
  chunkSizeMax: 65_000,
  /** Bytes of a swarm ID that is no hash: as long as the longest hash. RFC 7574 section 7.4 allows 65,535. */
  swarmIdBytesMax: 64,
  /** Characters of a link: what a person pastes, or a program reads, before it is looked at. */
  statementCharsMax: 65_536,
  /** Trackers, and peers, that a link or a record names: each is contacted. */
  statedPlacesMax: 64,
  /** Endpoints that share a port: their number is in the upper four bits of a channel ID, and 28 of it stay unpredictable. */
  shardsMax: 16,
  /** Channels of one endpoint: the memory that peers can take by opening them. */
  channelsMax: 65_536,
  /** Of them, those that peers opened: the rest is kept for calls of ours (RFC 7574 section 12.6.1). */
  incomingChannelsMax: 57_344,
  /** Of those, the ones of siblings and strangers: what is left is for subscribers, however many strangers there are. */
  guestChannelsMax: 4_096,
  /** Channels from one subscriber, which is an IPv4 address or 64 bits of an IPv6 one: its share of channels and swarms. */
  channelsEachMax: 1_024,
  /**
   * Channels answered but not yet established (RFC 7574 section 12.1.2): 16 MiB of memory. The oldest leaves, after a third of
   * a second at 100,000 spoofed handshakes a second, which is more than a thread can hear and longer than a round trip.
   */
  halfOpenMax: 32_768,
  /** Of them, those that share a row: what the addresses of one network can take. */
  halfOpenRow: 256,
  /** Of them, those of one subscriber: what an address that does not answer can take. */
  halfOpenEachMax: 64,
  /** How long an answered one that was intercepted keeps its place from others that are: several round trips, some lost. */
  halfOpenKept: 2 * second,
  /** Bytes that are kept of an initiating datagram: a HANDSHAKE that is longer gets no answer. */
  openingBytesMax: 320,
  /** Half-open channels that wait for the store, or for a peer outside to answer, at a time, with their datagrams. */
  lookupsMax: 4_096,
  /** Bytes of those datagrams. */
  lookupBytesMax: 4 * 2 ** 20,
  /**
   * How long an intercepted HANDSHAKE waits for the store, and for a peer outside to answer, before it is passed on: less than
   * any peer waits before it tries again.
   */
  proof: second / 2,
  /** Swarms for which peers outside are called on behalf of those who were intercepted and not yet proven: what a flood can take. */
  prospectsMax: 256,
  /** How long somebody who was intercepted waits without anybody outside to fetch from, before he is sent to his origin. */
  starvation: 3 * second,
  /** How long what he says then is left to the origin, whoever answers us; longer than any peer goes on with a channel that ended. */
  parted: 60 * second,
  /** Those of whom that is remembered. */
  partedMax: 4_096,
  /**
   * How long what was diverted before its flow was passed may take to be seen: longer than it waits in any socket, since a thread
   * that did nothing for a second discards what waits for it.
   */
  passing: 2 * second,
  /** Flows of which that is remembered; the oldest is forgotten first. */
  passingMax: 4_096,
  /** Stored swarms that are open for callers of whom none proved to be there. */
  unprovenSwarmsMax: 256,
  /** Subscribers whose new swarms are counted, and the span in which they are. */
  quotaSubscribersMax: 16_384,
  quotaSpan: 60 * second,
  /** How long an answered channel may wait for its initiator's next datagram. */
  halfOpen: 10 * second,
  /** A repeated HANDSHAKE is answered at most this often: five times a second. */
  handshakeAnswerInterval: second / 5,
  /** HANDSHAKEs sent before a peer counts as unreachable, the interval doubling from `handshakeRetry` to its bound. */
  handshakeTries: 5,
  handshakeRetry: second,
  handshakeRetryMax: 4 * second,
  /** Runs in what we know of a peer's chunks: beyond it, it is taken to have less than it says. */
  availabilityRunsMax: 4_096,
  /** REQUEST ranges waiting in one channel (RFC 7574 section 12.6.6): what does not fit is dropped and asked for again. */
  requestRangesMax: 512,
  /** Extents that a peer came to of late, per channel, each of which counts once: what may be on its way to it, in 1 KiB chunks. */
  visitsMax: 64,
  /** Chunks asked for and not yet received, per channel: a second of 30 Mbit/s in 1 KiB chunks, or 4 MiB. */
  outstandingChunksMax: 4_096,
  /** Unverified hashes kept per channel: two for each chunk that may be on its way, so that none waits for its proof in vain. */
  proofsMax: 8_192,
  /** Times a channel may have its peak hashes tried: each try costs as many hashes as the tree is high. */
  peakTriesMax: 256,
  /** Extents being assembled at a time in one swarm: 16 MiB of 1 KiB chunks. Back-pressure of a slow disk, too. */
  assembliesMax: 256,
  /** Bytes of the same, where chunks are large: 16 extents of the largest there are. */
  assembliesBytesMax: 64 * 2 ** 20,
  /** Chunks whose verification is waiting, in one swarm; more are dropped, and sent again by their peer. */
  pendingChunksMax: 8_192,
  /** Bytes of the same, where chunks are large. */
  pendingBytesMax: 32 * 2 ** 20,
  /** Chunks of one swarm that came before the hashes they rest on; more are dropped, and sent again by their peer. */
  strandedChunksMax: 2_048,
  /** Bytes of the same, where chunks are large. */
  strandedBytesMax: 8 * 2 ** 20,
  /** From so many chunks on, leaf hashes are computed away from the endpoint's thread. */
  hashedAwayChunks: 64,
  /** Peers known for one swarm. */
  candidatesMax: 256,
  /** Peers fetched from at a time in one swarm. */
  fetchPeersMax: 8,
  /** Peers beside them that stalled or choke, and may come back. */
  sparePeersMax: 8,
  /** A peer that lied is not contacted again for this long. */
  ban: 600 * second,
  /** Addresses banned at a time; the oldest leaves. */
  bannedMax: 4_096,
  /** Peers whose throughput is remembered, over all swarms: what a thousand swarms fetch from. */
  throughputPeersMax: 4_096,
  /** What a peer delivered counts for half after this long, and for nothing after that: a network changes within an evening. */
  throughputHalf: 600 * second,
  throughputLife: 3_600 * second,
  /** What a source delivers is measured at this interval, and when its channel ends. */
  throughputInterval: 10 * second,
  /** Less than so many bytes, within less time, say little of how fast a peer is: the round trip weighs more. */
  deliveryBytesMin: 65_536,
  deliveryAwaitedMin: second,
  /** Swarms open at a time: what handshakes for random swarm IDs can take. */
  swarmsMax: 16_384,
  /** Nothing sent for this long: a keepalive. Three fit in the time after which a silent peer is dead. */
  keepAlive: 55 * second,
  /**
   * The same on an intercepted channel: the kernel forgets a flow of few datagrams after 30 seconds in which it saw none, and with
   * it that the flow is ours.
   */
  interceptedKeepAlive: 25 * second,
  /** Silence after which a peer is dead, with three datagrams sent to it meanwhile. RFC 7574 section 3.12. */
  deadAfter: 180 * second,
  deadDatagrams: 3,
  /** No progress from the peers contacted so far: the next priority is tried. */
  escalation: 3 * second,
  /**
   * Least retransmission timeout of a REQUEST: a peer sends again by itself what is lost, and may read its disk first. RFC
   * 6298 section 2.4 has a second, of which TCP has long departed as well.
   */
  requestTimeoutMin: second / 5,
  /** Longest wait for a requested chunk before another peer is asked. */
  stallMax: 4 * second,
  /** Stalls in a row after which a peer is left that is heard, and one that is not even heard. */
  stallsMax: 7,
  silentStallsMax: 4,
  /** Peers that are compared when one is chosen, or that are counted when an extent's rareness is. */
  comparedPeersMax: 32,
  /** Subscribers whose positions are looked at in one turn; others are in the next. */
  positionsMax: 256,
  /** A peer with nothing that we lack is asked whether that is still so: first after this long, then ever less often. */
  nudgeFirst: second,
  nudgeMax: 32 * second,
  /** Time for each HAVE of news, 20,000 a second in one swarm, and the longest that news waits for its turn. */
  haveShare: second / 20_000,
  haveDelayMax: second,
  /** What we have is told again at most this often to a peer that seems not to know. */
  reminder: second,
  /** A peer that chokes us this long is left: others may have their turns of it, but some turn should be ours. */
  chokeMax: 60 * second,
  /** A peer that asks though it is choked is told so again at most this often; one that does not ask though it may, too. */
  chokeInterval: second,
  /** How long one peer is served while others wait; how long at least, though it asks for nothing; how often that is looked at. */
  slotTurn: 10 * second,
  slotGrace: 2 * second,
  slotInterval: second / 2,
  /** Datagrams on an established channel that cannot be read, before it ends; one of them is forgotten in each such span. */
  malformedMax: 8,
  malformedSpan: 10 * second,
  /** Times a chunk may come without the hashes that prove it, before the channel is given up for a new one. */
  unprovenTriesMax: 4,
  /**
   * Hashes that one peer may have us compute in vain: to begin with, some 20 ms of one core; for each chunk that verified,
   * as many as a lost hash may cost; and at most.
   */
  hashesForNothing: 16_384,
  hashesEarned: 16,
  hashesForNothingMax: 65_536,
  /** Interval between two calls for more peers of one swarm, and the time without a chunk that makes us call. */
  peersWanted: 5 * second,
  /** Without a chunk for this long, a peer that sends nothing gives its place to one that was not tried. */
  rotation: 10 * second,
  /** A peer that failed is called again after this long, doubled for each failure in a row. */
  candidateRetry: second,
  candidateRetryMax: 30 * second,
  /** PEX_REQ goes to one peer at most this often: RFC 7574 section 12.2.3 would have trackers name most peers. */
  exchangeAsk: 30 * second,
  /** A PEX_REQ that nothing answers is said again after this long, so many times in all: it, or its answer, may be lost. */
  exchangeRepeat: 2 * second,
  exchangeAsks: 3,
  /** Within this long, one peer's PEX_REQ is answered as often as it may be said: section 3.10.1 permits to limit the rate. */
  exchangeAnswer: 10 * second,
  /** Peers named in one answer, and answers taken for one PEX_REQ: what one datagram can make us look at (section 12.2.1). */
  exchangeAnswers: 8,
  /** An answer that comes later is one that was not asked for. */
  exchangeLate: 10 * second,
  /** A peer is named only if it was heard this short a time ago. RFC 7574 section 3.10.1. */
  exchangeLively: 60 * second,
  /** Interval between two calls to peers that only other peers named, of all swarms: what we can be made to send to a third party. */
  exchangeCall: second,
  /** HANDSHAKEs to such a peer, and to any while many others wait: one in each form. */
  exchangeTries: 2,
  /** Such a peer that did not answer is left alone for this long. */
  exchangeRetry: 600 * second,
  /** Such peers known for one swarm: a quarter of all, so that they crowd out nobody that a tracker named. */
  exchangeCandidatesMax: 64,
  /** Peers known for one swarm since subscribers called them: a quarter of all, so that they crowd out nobody a tracker named. */
  subscriberCandidatesMax: 64,
  /** Bytes of a membership certificate: one packet has to hold it. */
  certificateBytesMax: 1_280,
  /** Certificates of one swarm being looked at: each costs a signature check (RFC 7574 section 12.2.2). */
  certificateChecksMax: 8,
  /** Certificates kept for one swarm, to be handed on: as many as candidates. */
  certificatesMax: 256,
  /** Datagrams one channel may send in one turn, so that none keeps the others waiting. */
  burstDatagrams: 64,
  /** What a bucket of a rate holds at most, as time: bursts that no queue on the outside link notices. */
  budgetBurst: second / 10,
  /** Time between two turns of those who wait for the outside link, and bytes that each gets at least when it is its turn. */
  budgetTurn: second / 100,
  budgetQuantum: 8_192,
  /** Where nothing may be fetched at all: how often that is looked at. */
  budgetLook: second,
  /** For how long an endpoint that has to wait is left its part by the others. */
  budgetMark: second / 20,
  /** What subscribers need has waited so long for the outside link: it has no room for more. */
  budgetStrain: 3 * second,
  /** Spans in which demand's peak is counted, as links are paid for, and how many of them: a day's. */
  peakSlot: 300 * second,
  peakSlots: 288,
  /** Peers whose rates are told apart; beyond, some share one. */
  budgetPeers: 4_096,
  /** What a chunk takes on the link beside its bytes, hashes not counted: headers of IP, UDP and DATA. RFC 7574 section 8.6. */
  chunkOverhead: 64,
  /**
   * Swarms with bounds of their own, some 200 bytes each: as many as an operator may lay rules down for, and the pre-fetches that run
   * beside them. More are refused where they are laid down.
   */
  swarmRulesMax: 65_600,
  /** Demand window ahead of a subscriber of whom no rate is known, in extents: 2 MiB of 1 KiB chunks. */
  demandExtents: 32,
  /** The same of one that plays: at least, however slowly, and at most, 32 MiB of 1 KiB chunks. */
  readAheadMin: 4,
  readAheadExtents: 512,
  /** Extents that all subscribers whose positions are looked at need; with many of them each one's window is the shorter. */
  needsMax: 8_192,
  /** Extents read from the store ahead of the one that a subscriber came to, and what he plays of them in a second. */
  diskAheadMax: 3,
} as const;
