import type { Prefix, PrefixTable } from '@weir/ppspp';
import type { SwarmAdmission } from './catalogue';

/**
 * A cache that the tracker's operator runs, or knows (RFC 6972 section 5.4 calls it a super node). A peer is taken for
 * one if an address that it registers lies within `nodes`.
 */
export interface SuperNode {
  readonly nodes: readonly Prefix[];
  /** Whom it is there for: they get it first in their lists. Empty: everyone. */
  readonly subscribers: readonly Prefix[];
  /** Whether others never hear of it. Default false: they get it last in their lists. */
  readonly onlySubscribers?: boolean | undefined;
  /** Whether it is listed in every swarm, as soon as it is registered at all: a cache that fetches what it is asked for. */
  readonly everySwarm?: boolean | undefined;
  /** Where it is, listed though it is not registered; of use with `everySwarm` only. */
  readonly address?: { readonly ip: string; readonly port: number } | undefined;
}

/** What a tracker is told by its operator. */
export interface TrackerOptions {
  /** The "track timer" of RFC 7846 section 2.3, in microseconds: a peer that is silent for so long is forgotten. */
  readonly trackMicros: number;
  readonly superNodes: readonly SuperNode[];
  /** Whether peers may register loopback addresses: for a tracker whose peers are all on its own host. */
  readonly allowLoopback: boolean;
  /** Registered peers; beyond, CONNECT is answered with 05 (Service Unavailable). */
  readonly peersMax: number;
  /** Swarms with peers in them; of those that nobody published, none is begun beyond. */
  readonly swarmsMax: number;
  /** Swarms of one peer. */
  readonly swarmsPerPeerMax: number;
  /** Swarms of all peers together: what the tracker's memory goes to. */
  readonly membershipsMax: number;
  /** Peers that may be registered from one source prefix, an IPv4 /24 or an IPv6 /48, super nodes apart: bounds Sybils. */
  readonly peersPerPrefixMax: number;
  /** Which swarms there are beside the published ones. Default `any`. */
  readonly admission?: SwarmAdmission | undefined;
  /** AS numbers by network, for addresses; what a peer says of itself counts where the table is silent. */
  readonly asns?: PrefixTable<string> | undefined;
}

/** What suits a tracker for tens of thousands of peers on a small machine. */
export const defaultTrackerOptions: TrackerOptions = Object.freeze({
  // Three reports of a peer that reports once a minute, of which two may be lost.
  trackMicros: 180_000_000,
  superNodes: [],
  allowLoopback: false,
  peersMax: 65_536,
  swarmsMax: 65_536,
  // A cache has many swarms; nobody else does.
  swarmsPerPeerMax: 16_384,
  // Thousands of subscribers share a /24 of carrier-grade NAT; a sixteenth of all peers, so that one network is no flood.
  peersPerPrefixMax: 4_096,
  // Less than a kilobyte each with its peer.
  membershipsMax: 524_288,
});
