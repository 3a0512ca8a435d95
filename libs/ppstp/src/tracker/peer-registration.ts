import { parseIp, prefixContains } from '@weir/ppspp';
import type { PeerAddress } from '../message/fields';
import type { PeerMode, StreamStats } from '../message/request';
import type { SuperNode } from './options';

/** What the tracker holds of a peer in a swarm. */
export interface Membership {
  mode: PeerMode;
  /** What the peer last reported of this swarm. RFC 7846 section 4.1.3: "for future use". */
  stats: StreamStats | undefined;
}

/**
 * A peer ID bound to addresses: the per-Peer-ID state machine of RFC 7846 section 2.3 while it is in TRACKING. Its
 * other states are transient: a request is processed at once, so that there is no time for an "init timer" to run in,
 * and the machine "is destroyed" in TERMINATE, which here is to be in the tracker's table no more.
 */
export class PeerRegistration {
  readonly memberships = new Map<string, Membership>();
  addresses: readonly PeerAddress[] = [];
  superNode: SuperNode | undefined;

  constructor(
    readonly peerId: string,
    /** When its last valid request came: the "track timer" runs from there. Microseconds. */
    public lastHeard: number,
  ) {}

  /** Takes the addresses for the peer's, best first, and finds out whether they make it a super node. */
  reside(addresses: readonly PeerAddress[], superNodes: readonly SuperNode[]): void {
    this.addresses = addresses.toSorted((one, other) => other.priority - one.priority);
    this.superNode = superNodes.find(({ nodes }) => addresses.some(({ ip }) => within(nodes, ip)));
  }

  /** Whether this is a super node for a peer at these addresses. */
  serves(ips: readonly string[]): boolean {
    if (this.superNode === undefined) return false;
    const { subscribers } = this.superNode;
    return subscribers.length === 0 || ips.some((ip) => within(subscribers, ip));
  }
}

function within(prefixes: SuperNode['nodes'], ip: string): boolean {
  const bytes = parseIp(ip);
  return bytes !== undefined && prefixes.some((prefix) => prefixContains(prefix, bytes));
}
