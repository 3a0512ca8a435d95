import { normalIp, type Address, type SwarmId } from '@weir/ppspp';

/** Who is certified to be in which swarm. */
export interface Member {
  readonly swarmId: SwarmId;
  readonly address: Address;
}

const pattern = /^file:\/\/(?:\[([\da-fA-F:.]{2,45})\]|([\d.]{7,15})):(\d{1,5})\/([\da-fA-F]{2,2048})$/;

/** The name in a membership certificate: `file://192.0.2.0:6778/` and the swarm ID in hex. RFC 7574 section 8.13. */
export function memberName({ swarmId, address: { ip, port } }: Member): string {
  return `file://${ip.includes(':') ? `[${ip}]` : ip}:${String(port)}/${swarmId}`;
}

/** The mirror of `memberName`; undefined for any other name. A host name instead of an address is none: we do not resolve it. */
export function parseMemberName(name: string): Member | undefined {
  const [, ipv6, ipv4 = '', digits, swarmId = ''] = pattern.exec(name) ?? [];
  const ip = normalIp(ipv6 ?? ipv4);
  const port = Number(digits);
  if (ip === undefined || !(port >= 1 && port <= 65_535) || swarmId.length % 2 === 1) return undefined;
  return { swarmId: swarmId.toLowerCase(), address: { ip, port } };
}
