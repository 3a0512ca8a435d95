import { z } from 'zod';

import { limits } from '../limits';
import type { RequestRoot } from './definitions';
import { type Decoded, decodeDocument, protocolVersion } from './document';
import {
  integer,
  oneOrMany,
  type PeerAddress,
  peerAddress,
  peerId,
  swarmId,
  transactionId,
  writePeerAddress,
} from './fields';

const modes = ['SEEDER', 'LEECH'] as const;
const abilities = ['NO_NAT', 'STUN', 'TURN'] as const;

/** SEEDER: has the complete content. LEECH: still downloads, and contributes what it has. RFC 7846 section 1.1. */
export type PeerMode = (typeof modes)[number];

/** `ppsp_tp_swarm_action_t`, RFC 7846 section 3.2.3. For LEAVE the mode is of no account (section 4.1.1). */
export interface SwarmAction {
  readonly swarmId: string;
  readonly action: 'JOIN' | 'LEAVE';
  readonly mode: PeerMode;
}

/** `ppsp_tp_peer_num_t`: how many peers are asked for, and what of the peer may guide the choice. Section 3.2.2. */
export interface PeerNumber {
  readonly peerCount: number;
  readonly abilityNat?: (typeof abilities)[number] | undefined;
  readonly concurrentLinks?: number | undefined;
  /** Seconds. */
  readonly onlineTime?: number | undefined;
  /** Kbps. */
  readonly uploadBandwidth?: number | undefined;
}

/** `stream_stats`: the only statistics that RFC 7846 defines. Section 3.2.5. */
export interface StreamStats {
  readonly swarmId: string;
  /** Bytes sent to the swarm. */
  readonly uploadedBytes: number;
  /** Bytes received from the swarm. */
  readonly downloadedBytes: number;
  /** Available instantaneous upload bandwidth; RFC 7846 names no unit. */
  readonly availableBandwidth: number;
  readonly concurrentLinks: number;
}

interface RequestBase {
  readonly transactionId: string;
  readonly peerId: string;
}

/** Registers a peer, and joins and leaves swarms. RFC 7846 section 4.1.1. */
export interface ConnectRequest extends RequestBase {
  readonly type: 'CONNECT';
  readonly peerNumber?: PeerNumber | undefined;
  /** Empty if the peer names none: what the tracker knows of it stays. */
  readonly addresses: readonly PeerAddress[];
  readonly actions: readonly SwarmAction[];
}

/** Asks for peers of a swarm. RFC 7846 section 4.1.2. */
export interface FindRequest extends RequestBase {
  readonly type: 'FIND';
  readonly swarmId: string;
  readonly peerNumber?: PeerNumber | undefined;
}

/** Says that the peer is alive and, if `stats` is not empty, what it has done. RFC 7846 section 4.1.3. */
export interface StatReportRequest extends RequestBase {
  readonly type: 'STAT_REPORT';
  readonly stats: readonly StreamStats[];
}

/** What a peer may say to a tracker. RFC 7846 section 3.3.1. */
export type Request = ConnectRequest | FindRequest | StatReportRequest;

const swarmAction = z
  .object({ swarm_id: swarmId, action: z.enum(['JOIN', 'LEAVE']), peer_mode: z.enum(modes) })
  .transform((wire): SwarmAction => ({ swarmId: wire.swarm_id, action: wire.action, mode: wire.peer_mode }));

const peerNumber = z
  .object({
    peer_count: integer,
    ability_nat: z.enum(abilities).optional(),
    concurrent_links: integer.optional(),
    online_time: integer.optional(),
    upload_bandwidth: integer.optional(),
  })
  .transform((wire): PeerNumber => ({
    peerCount: wire.peer_count,
    abilityNat: wire.ability_nat,
    concurrentLinks: wire.concurrent_links,
    onlineTime: wire.online_time,
    uploadBandwidth: wire.upload_bandwidth,
  }));

const streamStats = z
  .object({
    swarm_id: swarmId,
    uploaded_bytes: integer,
    downloaded_bytes: integer,
    available_bandwidth: integer,
    concurrent_links: integer,
  })
  .transform((wire): StreamStats => ({
    swarmId: wire.swarm_id,
    uploadedBytes: wire.uploaded_bytes,
    downloadedBytes: wire.downloaded_bytes,
    availableBandwidth: wire.available_bandwidth,
    concurrentLinks: wire.concurrent_links,
  }));

const base = { transaction_id: transactionId, peer_id: peerId };

const connectRequest = z
  .object({
    ...base,
    request_type: z.literal('CONNECT'),
    connect: z.object({
      peer_num: peerNumber.optional(),
      peer_addr: oneOrMany(peerAddress, limits.addressesPerPeerMax).optional(),
      swarm_action: oneOrMany(swarmAction, limits.actionsPerConnectMax),
    }),
  })
  .transform(({ connect, ...wire }): ConnectRequest => ({
    type: 'CONNECT',
    transactionId: wire.transaction_id,
    peerId: wire.peer_id,
    peerNumber: connect.peer_num,
    addresses: connect.peer_addr ?? [],
    actions: connect.swarm_action,
  }));

const findPlaces = { find: z.unknown().optional(), swarm_id: z.unknown().optional(), peer_num: z.unknown().optional() };
const findData = z.object({ swarm_id: swarmId, peer_num: peerNumber.optional() });

/** Section 3.3.3 puts the members of FIND into `find`; the example of section 4.1.2.1 puts them beside it. */
const findRequest = z
  .object({ ...base, request_type: z.literal('FIND'), ...findPlaces })
  .transform(({ find, swarm_id, peer_num, ...wire }, context): FindRequest => {
    const data = findData.safeParse(find === undefined ? { swarm_id, peer_num } : find);
    if (!data.success) {
      context.addIssue({ code: 'custom', message: 'no swarm' });
      return z.NEVER;
    }
    return {
      type: 'FIND',
      transactionId: wire.transaction_id,
      peerId: wire.peer_id,
      swarmId: data.data.swarm_id,
      peerNumber: data.data.peer_num,
    };
  });

const stat = oneOrMany(streamStats, limits.statsPerReportMax);

/** `Stat` is how the example of section 4.1.3.1 spells it. A property type beyond STREAM_STATS tells us nothing. */
const statGroup = z
  .union([
    z.object({ type: z.literal('STREAM_STATS'), stat }),
    z
      .object({ type: z.literal('STREAM_STATS'), stat: z.undefined().optional(), Stat: stat })
      .transform((group) => ({ stat: group.Stat })),
    z.object({ type: z.string().refine((type) => type !== 'STREAM_STATS') }).transform(() => ({ stat: [] })),
  ])
  .transform((group): readonly StreamStats[] => group.stat);

const statReportRequest = z
  .object({ ...base, request_type: z.literal('STAT_REPORT'), stat_report: statGroup.optional() })
  .transform((wire): StatReportRequest => ({
    type: 'STAT_REPORT',
    transactionId: wire.transaction_id,
    peerId: wire.peer_id,
    stats: wire.stat_report ?? [],
  }));

const request: z.ZodType<Request> = z.discriminatedUnion('request_type', [
  connectRequest,
  findRequest,
  statReportRequest,
]);

/** Reads a request in the forms of RFC 7846 section 3.3.3 and of its examples. Refuses what is longer than the limit. */
export function decodeRequest(text: string): Decoded<Request> {
  return decodeDocument(text, limits.requestCharsMax, request);
}

/** Writes a request as RFC 7846 section 3.3.3 defines it. It asks for no more peers than "should be" (section 3.2.2). */
export function encodeRequest(message: Request): string {
  const root: RequestRoot = { PPSPTrackerProtocol: requestElement(message) };
  return JSON.stringify(root);
}

function requestElement(message: Request): RequestRoot['PPSPTrackerProtocol'] {
  const { type, transactionId: transaction, peerId: peer } = message;
  const ids = { transaction_id: transaction, peer_id: peer };
  switch (type) {
    case 'CONNECT':
      return { version: protocolVersion, request_type: type, ...ids, connect: writeConnect(message) };
    case 'FIND':
      return { version: protocolVersion, request_type: type, ...ids, find: writeFind(message) };
    case 'STAT_REPORT':
      return { version: protocolVersion, request_type: type, ...ids, stat_report: writeStatGroup(message.stats) };
  }
}

function writeConnect({ peerNumber: number, addresses, actions }: ConnectRequest) {
  return {
    peer_num: writePeerNumber(number),
    peer_addr: addresses.length === 0 ? undefined : addresses.map(writePeerAddress),
    swarm_action: actions.map(({ swarmId: swarm, action, mode }) => ({ swarm_id: swarm, action, peer_mode: mode })),
  };
}

function writeFind({ swarmId: swarm, peerNumber: number }: FindRequest) {
  return { swarm_id: swarm, peer_num: writePeerNumber(number) };
}

function writePeerNumber(number: PeerNumber | undefined) {
  if (number === undefined) return undefined;
  return {
    peer_count: Math.min(number.peerCount, limits.peerCountMax),
    ability_nat: number.abilityNat,
    concurrent_links: number.concurrentLinks,
    online_time: number.onlineTime,
    upload_bandwidth: number.uploadBandwidth,
  };
}

/** `stat<1..*>` cannot be empty: without statistics there is no group (section 4.1.3). */
function writeStatGroup(stats: readonly StreamStats[]) {
  return stats.length === 0 ? undefined : { type: 'STREAM_STATS' as const, stat: stats.map(writeStats) };
}

function writeStats(stats: StreamStats) {
  return {
    swarm_id: stats.swarmId,
    uploaded_bytes: stats.uploadedBytes,
    downloaded_bytes: stats.downloadedBytes,
    available_bandwidth: stats.availableBandwidth,
    concurrent_links: stats.concurrentLinks,
  };
}
