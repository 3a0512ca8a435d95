import type { PeerAddress } from '../message/fields';
import type { PeerMode } from '../message/request';

/** A part of a list. What joins or leaves while one pages may be missed, or seen twice. */
export interface Page<Item> {
  readonly items: readonly Item[];
  /** The cursor of the part that follows; undefined at the end. */
  readonly next: number | undefined;
}

/** A swarm as its operator sees it. */
export interface SwarmView {
  readonly swarmId: string;
  /** Undefined if nobody published it. */
  readonly access: SwarmAccess | undefined;
  /** Super nodes are counted by their modes too. */
  readonly seeders: number;
  readonly leeches: number;
}

/** Open: for everyone. Closed: for principals with a grant. */
export type SwarmAccess = 'open' | 'closed';

/** An address as a peer registered it, and whether it was proven to be the peer's. */
export interface ProvableAddress extends PeerAddress {
  readonly proven: boolean;
}

/** A peer as its operator sees it. Times in microseconds of the tracker's clock. */
export interface PeerView {
  readonly peerId: string;
  /** Who registered it; undefined if nobody had to prove it. */
  readonly principal: string | undefined;
  readonly addresses: readonly ProvableAddress[];
  readonly registeredAt: number;
  readonly lastHeard: number;
  readonly superNode: boolean;
  /** How many swarms it is in. */
  readonly swarms: number;
}

/** A peer in a swarm, with what it last reported of it (RFC 7846 section 3.2.5). */
export interface MemberView extends PeerView {
  readonly mode: PeerMode;
  readonly stats: MemberStats | undefined;
}

/** What a peer reports of one swarm. */
export interface MemberStats {
  readonly uploadedBytes: number;
  readonly downloadedBytes: number;
  readonly availableBandwidth: number;
  readonly concurrentLinks: number;
}

/** An address that a peer claims, in a swarm that it is in: for whoever can find out whether it answers there. */
export interface UnprovenAddress {
  readonly peerId: string;
  readonly swarmId: string;
  readonly address: { readonly ip: string; readonly port: number };
}
