import { addressScope, parseIp, peerIpUsable } from '@weir/ppspp';
import type { PeerAddress } from '../message/fields';
import type { TrackerOptions } from './options';
import type { PeerRegistration } from './peer-registration';
import { isSamePlace, listPriority, RegisteredAddress } from './registered-address';

/**
 * What peers say of where they are, made into what others may hear: without addresses that no peer can have, each proven if
 * it is where the request came from or was proven before, the peer's best first.
 */
export class Abode {
  constructor(private readonly options: Pick<TrackerOptions, 'allowLoopback' | 'asns'>) {}

  /** The AS number of an address by the operator's table. */
  asnOf(ip: string): string | undefined {
    return this.options.asns?.find(parseIp(ip) ?? []);
  }

  /** What the peer is registered with from now on. Who names no usable address keeps those that it has. */
  addressesOf(peer: PeerRegistration, claimed: readonly PeerAddress[], from: string): readonly RegisteredAddress[] {
    const usable = claimed.filter(({ ip }) => peerIpUsable(ip, this.options.allowLoopback));
    if (usable.length === 0) return peer.addresses;
    const ranked = usable.toSorted((one, other) => other.priority - one.priority);
    return ranked.map((address) => this.registered(peer, address, from));
  }

  /**
   * Whether a request that comes from there proves the address to be the requester's. A tracker for peers on its own host
   * believes what it hears over loopback: it is told by the host's own user (or by a proxy, which `from` must see through).
   */
  isProvenBy(ip: string, from: string): boolean {
    return ip === from || (this.options.allowLoopback && isLoopback(from));
  }

  private registered(peer: PeerRegistration, claimed: PeerAddress, from: string): RegisteredAddress {
    const { priority } = claimed;
    const address = { ...claimed, priority: listPriority.peer, asn: this.asnOf(claimed.ip) ?? claimed.asn };
    const held = peer.addresses.find((one) => isSamePlace(one.address, claimed));
    if (held?.priority === priority && saysTheSame(held.address, address)) return held;
    const isProven = held?.proven === true || this.isProvenBy(claimed.ip, from);
    return new RegisteredAddress(peer.peerId, address, priority, isProven);
  }
}

function saysTheSame(one: PeerAddress, other: PeerAddress): boolean {
  const isSameWay = one.type === other.type && one.connection === other.connection;
  return isSameWay && one.asn === other.asn && one.peerProtocol === other.peerProtocol;
}

function isLoopback(ip: string): boolean {
  if (!ip.startsWith('127.') && ip !== '::1') return false;
  return addressScope(parseIp(ip) ?? []) === 'loopback';
}
