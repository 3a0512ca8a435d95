import { limits } from '../limits';
import type { RequestRoot } from './definitions';
import { protocolVersion } from './document';
import { type PeerAddress, writePeerAddress } from './fields';

/** SEEDER: has the complete content. LEECH: still downloads, and contributes what it has. RFC 7846 section 1.1. */
export type PeerMode = 'SEEDER' | 'LEECH';

/** `ppsp_tp_swarm_action_t`, RFC 7846 section 3.2.3. For LEAVE the mode is of no account (section 4.1.1). */
export interface SwarmAction {
  readonly swarmId: string;
  readonly action: 'JOIN' | 'LEAVE';
  readonly mode: PeerMode;
}

/** `ppsp_tp_peer_num_t`: how many peers are asked for, and what of the peer may guide the choice. Section 3.2.2. */
export interface PeerNumber {
  readonly peerCount: number;
  readonly abilityNat?: 'NO_NAT' | 'STUN' | 'TURN' | undefined;
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
