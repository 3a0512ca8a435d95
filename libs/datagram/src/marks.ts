/**
 * Numbers that the packet filter and the datapath have in common. A packet mark is on one packet (SO_MARK, `meta mark`), a
 * connection mark on both directions of a flow (`ct mark`). All begin with 0x77, so that an operator who sees one knows whose it is.
 */

/** Packet mark of what is diverted: policy routing delivers it to this machine, whomever it was meant for. */
export const divertedMark = 0x7765_0001;

/**
 * Packet mark of the first datagram of a flow that is passed on, and from then on the flow's connection mark: it began with
 * a HANDSHAKE of the peer protocol, so that its bytes count as content that subscribers fetched past us.
 */
export const passedContentMark = 0x7765_0003;

/** The same, for a flow of any other protocol. */
export const passedOtherMark = 0x7765_0004;

/** Packet mark of one datagram that is passed on while its flow stays ours. It never becomes a connection mark. */
export const relayedMark = 0x7765_0005;

/** The routing table that has what is diverted delivered to this machine. */
export const routingTable = 6778;

/**
 * An epoch is the connection mark of flows that one run of the appliance intercepts. Only the flows of the living epoch are
 * diverted, so that what an earlier run left to the origins stays with them. Epochs have a range to themselves: none is ever
 * one of the marks above.
 */
export const epochBase = 0x7770_0000;

/** Bits of an epoch that count ticks of the monotonic clock: an epoch comes again after 29 hours, and then for one tick. */
export const epochBits = 20;

/** Milliseconds of one tick: no run takes two epochs within it. */
export const epochTickMillis = 100;

/** The epoch of a run, or of a new beginning in it, at this time of `machineMicros`. */
export function epochAt(now: number): number {
  const ticks = Math.floor(now / (epochTickMillis * 1_000));
  return epochBase + (ticks % 2 ** epochBits);
}

/** Milliseconds between two beats of the heart, each of which keeps the epoch alive. */
export const heartbeatMillis = 400;

/**
 * Milliseconds after the last beat at which the kernel ends the epoch by itself. Four beats may be late; and a dead appliance
 * costs subscribers two seconds of the three that it may.
 */
export const epochTimeoutMillis = 2_000;

/** Milliseconds between two signs of life of a datapath thread. */
export const signOfLifeMillis = 100;

/**
 * Milliseconds without a sign of life after which a datapath thread counts as stalled: its flows may be with their origins, and
 * what waits in its sockets must not be answered any more. Less than `epochTimeoutMillis`, so that whoever is revived knows.
 */
export const lifeLostMillis = 1_000;
