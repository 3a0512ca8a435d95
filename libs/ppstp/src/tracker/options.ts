import type { Prefix } from '@weir/ppspp';

/**
 * A cache that the tracker's operator runs, or knows (RFC 6972 section 5.4 calls it a super node). A peer is taken for
 * one if an address that it registers lies within `nodes`.
 */
export interface SuperNode {
  readonly nodes: readonly Prefix[];
  /** Whom it is there for: they get it first in their lists. Empty: everyone. */
  readonly subscribers: readonly Prefix[];
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
  /** Swarms with peers in them. */
  readonly swarmsMax: number;
  /** Swarms of one peer. */
  readonly swarmsPerPeerMax: number;
  /** Swarms of all peers together: what the tracker's memory goes to. */
  readonly membershipsMax: number;
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
  // A few hundred bytes each: some 200 MB.
  membershipsMax: 524_288,
});
