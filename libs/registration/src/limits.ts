/** Trackers of one peer: each costs requests for every look-up and every report. */
export const trackersMax = 16;

/** Swarms of one peer: what the session of each tracker has to compare and report. As many as our own tracker allows. */
export const swarmsMax = 16_384;

/** Look-ups that are remembered: protects memory from whoever asks us for ever new swarms. */
export const lookupsMax = 4_096;

/** Peers of one look-up, over all trackers: protects whoever has to try them. */
export const peersPerLookupMax = 256;

/** Lists of peers that came with a JOIN, kept for whoever asks right after it. */
export const joinedListsMax = 256;

/** Peer IDs of ours that are remembered; who is listed as an older one is known by its address. */
export const ownIdsMax = 65_536;

/** Refusals in a row after which a tracker is left alone for a while: it may be that it refuses everything. */
export const refusalsInRowMax = 32;

/** The same, while it does: one open swarm among closed ones should be found some day. */
export const probesInRowMax = 4;

/**
 * Requests of one round, for each swarm that is wanted, before a pause: enough to be refused in every size. A tracker that
 * contradicts itself must not keep us busy without end.
 */
export const requestsPerSwarmMax = 4;

/** Refused swarms that a tracker's status names. */
export const refusedShownMax = 16;

/** Connections to one tracker, each way that we go there: a look-up must not wait for a report. */
export const connectionsMax = 4;
