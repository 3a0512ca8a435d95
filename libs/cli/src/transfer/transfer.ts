import type { Address, Candidate, SwarmMetadata } from '@weir/ppspp';
import type { ContentStore } from '../content/content-store';

/** One swarm to be served, and fetched if wanted. */
export interface TransferPlan {
  readonly metadata: SwarmMetadata;
  /** Never rejects. */
  readonly store: ContentStore;
  /** Where to listen; port 0 lets the system choose. */
  readonly listen: Address;
  /** `all` fetches what the store lacks, `none` only serves. */
  readonly want: 'all' | 'none';
  /** The store's content was computed from its bytes in this run: it needs no second check. */
  readonly trusted: boolean;
}

/** Content bytes that one peer sent and that proved right. */
export interface Source {
  readonly address: Address;
  readonly bytes: number;
}

/** A swarm that is being served. */
export interface Transfer {
  /** Where it listens. */
  readonly address: Address;
  /** Makes peers known, again or for the first time; which to ask, and when, is the transfer's business. */
  addPeers(peers: readonly Candidate[]): void;
  /** Who sent what so far. */
  sources(): readonly Source[];
  /** Takes leave of all peers. */
  close(): Promise<void>;
}

/** Starts a transfer. Rejects with a `DatagramError`. */
export type StartTransfer = (plan: TransferPlan) => Promise<Transfer>;
