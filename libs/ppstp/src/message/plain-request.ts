import { normalIp } from '@weir/ppspp';
import { limits } from '../limits';
import { protocolVersion } from './document';
import type { PeerAddress } from './fields';
import type { JsonObject } from './json-text';
import { PlainReader } from './plain-reader';
import type { PeerNumber, Request, StreamStats, SwarmAction } from './request';

const properties = ['STREAM_STATS'] as const;
const actionTypes = ['JOIN', 'LEAVE'] as const;
const modes = ['LEECH', 'SEEDER'] as const;
const abilities = ['NO_NAT', 'STUN', 'TURN'] as const;
const addressTypes = ['HOST', 'REFLEXIVE', 'PROXY'] as const;
const connections = ['wired', 'wireless'] as const;

/**
 * A request as nearly every peer sends it, read without the schema, which would cost a tracker more than all else that it
 * does for one: in the form of RFC 7846 section 3, swarm IDs in hex. Undefined for any other, malformed ones too: the schema
 * is the definition and judges those. What is read here, it reads alike.
 */
export function plainRequest(body: JsonObject): Request | undefined {
  const reader = new PlainReader();
  const request = readRequest(body, reader);
  return reader.odd ? undefined : request;
}

function readRequest(body: JsonObject, reader: PlainReader): Request | undefined {
  const {
    version,
    request_type: type,
    transaction_id: transaction,
    peer_id: peer,
    connect,
    find,
    stat_report: group,
  } = body;
  if (version !== protocolVersion) return undefined;
  const transactionId = reader.name(transaction, limits.transactionIdCharsMax);
  const peerId = reader.name(peer, limits.peerIdCharsMax);
  switch (type) {
    case 'CONNECT':
      return { type, transactionId, peerId, ...readConnect(reader.object(connect), reader) };
    case 'FIND':
      return { type, transactionId, peerId, ...readFind(reader.object(find), reader) };
    case 'STAT_REPORT':
      return { type, transactionId, peerId, stats: readStatGroup(group, reader) };
    default:
      return undefined;
  }
}

function readConnect(
  { peer_num: number, peer_addr: addresses, swarm_action: actions }: JsonObject,
  reader: PlainReader,
) {
  return {
    peerNumber: readPeerNumber(number, reader),
    addresses: addresses === undefined ? [] : reader.list(addresses, limits.addressesPerPeerMax, readAddress),
    actions: reader.list(actions, limits.actionsPerConnectMax, readAction),
  };
}

function readFind({ swarm_id: swarmId, peer_num: number }: JsonObject, reader: PlainReader) {
  return { swarmId: reader.hex(swarmId, limits.swarmIdCharsMax), peerNumber: readPeerNumber(number, reader) };
}

function readStatGroup(group: unknown, reader: PlainReader): StreamStats[] {
  if (group === undefined) return [];
  const { type, stat } = reader.object(group);
  reader.choice(type, properties);
  return reader.list(stat, limits.statsPerReportMax, readStats);
}

function readStats(wire: JsonObject, reader: PlainReader): StreamStats {
  const { swarm_id: swarm, uploaded_bytes: up, downloaded_bytes: down } = wire;
  const { available_bandwidth: bandwidth, concurrent_links: links } = wire;
  return {
    swarmId: reader.hex(swarm, limits.swarmIdCharsMax),
    uploadedBytes: reader.integer(up),
    downloadedBytes: reader.integer(down),
    availableBandwidth: reader.integer(bandwidth),
    concurrentLinks: reader.integer(links),
  };
}

function readAction({ swarm_id: swarm, action, peer_mode: mode }: JsonObject, reader: PlainReader): SwarmAction {
  return {
    swarmId: reader.hex(swarm, limits.swarmIdCharsMax),
    action: reader.choice(action, actionTypes),
    mode: reader.choice(mode, modes),
  };
}

function readPeerNumber(number: unknown, reader: PlainReader): PeerNumber | undefined {
  if (number === undefined) return undefined;
  const wire = reader.object(number);
  const { peer_count: count, ability_nat: ability } = wire;
  const { concurrent_links: links, online_time: time, upload_bandwidth: bandwidth } = wire;
  return {
    peerCount: reader.integer(count),
    abilityNat: ability === undefined ? undefined : reader.choice(ability, abilities),
    concurrentLinks: readOptional(links, reader),
    onlineTime: readOptional(time, reader),
    uploadBandwidth: readOptional(bandwidth, reader),
  };
}

function readOptional(integer: unknown, reader: PlainReader): number | undefined {
  return integer === undefined ? undefined : reader.integer(integer);
}

function readAddress(wire: JsonObject, reader: PlainReader): PeerAddress {
  const { ip_address: ip, priority, type, connection, asn, peer_protocol: protocol } = wire;
  return {
    ip: readIp(reader.object(ip), reader),
    port: readPort(wire, reader),
    priority: reader.integer(priority),
    type: reader.choice(type, addressTypes),
    connection: connection === undefined ? undefined : reader.choice(connection, connections),
    asn: readLabel(asn, reader),
    peerProtocol: readLabel(protocol, reader),
  };
}

function readPort({ port: value }: JsonObject, reader: PlainReader): number {
  const port = reader.integer(value);
  if (port < 1 || port > 65_535) reader.odd = true;
  return port;
}

function readIp({ address_type: family, address }: JsonObject, reader: PlainReader): string {
  const text = typeof address === 'string' ? address : '';
  const ip = normalIp(text);
  if (ip !== undefined && family === (text.includes(':') ? 'ipv6' : 'ipv4')) return ip;
  reader.odd = true;
  return '';
}

function readLabel(label: unknown, reader: PlainReader): string | undefined {
  return label === undefined ? undefined : reader.name(label, limits.labelCharsMax);
}
