import type { SwarmLimits } from '../budget/toll';
import type { Extent, HashBlock, SwarmRecord } from '../swarm/content';
import type { HashFunction, SwarmId, SwarmMetadata } from '../swarm/metadata';
import type { Delivery } from '../swarm/throughput';
import type { OwnCertificate, MembershipVerdict } from '../exchange/verdict';
import type { Address } from './address';
import type { EndpointFault } from './counters';

/** What was kept of a swarm when it was last open. */
export interface OpenedContent {
  readonly record: SwarmRecord;
  /** Extents held. */
  readonly extents: readonly number[];
  readonly blocks: readonly HashBlock[];
}

/** Who named a peer: an operator, a tracker, another peer (RFC 7574 section 12.2.3), or a subscriber who called it. */
export type Origin = 'operator' | 'tracker' | 'exchange' | 'subscriber';

/** A peer somebody named: the lower the priority, the earlier it is contacted. RFC 7846 section 3.2.3. */
export interface Candidate {
  readonly address: Address;
  readonly priority: number;
  /** Left out means a tracker. */
  readonly origin?: Origin;
  /** Number of the autonomous system that it is in, as who named it says. */
  readonly asn?: number | undefined;
}

/** Something happened that the world outside may act on. */
export type Notice =
  /** A subscriber's established channel wants a swarm that is not complete here. */
  | { readonly type: 'swarm-wanted'; readonly metadata: SwarmMetadata }
  /** More external peers are needed for a swarm. */
  | { readonly type: 'peers-wanted'; readonly swarmId: SwarmId }
  /** The first verified extent proved the content's size. */
  | { readonly type: 'swarm-sized'; readonly swarmId: SwarmId; readonly chunkCount: number }
  | { readonly type: 'swarm-complete'; readonly swarmId: SwarmId; readonly contentBytes: number }
  /** A peer sent content or hashes that are not the swarm's, and was left. */
  | { readonly type: 'peer-lied'; readonly swarmId: SwarmId; readonly address: Address }
  /** What a source delivered since it was last measured: now and then, and when its channel ends. */
  | { readonly type: 'peer-measured'; readonly address: Address; readonly delivery: Delivery }
  /** A stored extent was not what had been stored, or a hash above it is missing without which nothing proves it. It is erased. */
  | {
      readonly type: 'extent-corrupt';
      readonly swarmId: SwarmId;
      readonly extent: number;
      readonly verdict: 'mismatch' | 'incomplete';
    }
  /** With what was served of its content, to whomever, and fetched since it was opened. */
  | {
      readonly type: 'swarm-closed';
      readonly swarmId: SwarmId;
      readonly servedBytes: number;
      readonly fetchedBytes: number;
    };

/**
 * What else is on the flow, from one address to another, of a datagram that is none of ours: `shared` with channels of ours,
 * or nothing; then it begins with a HANDSHAKE, and so carries `content`, or something `other`.
 */
export type Flow = 'shared' | 'content' | 'other';

/** Work that the endpoint asks of the world; answers come back as `Input`. */
export type Effect =
  /** `from` is the address to send from, where the peer meant another than ours: its origin address. */
  | {
      readonly kind: 'send';
      readonly to: Address;
      readonly from?: Address | undefined;
      readonly port: number;
      readonly bytes: Uint8Array;
    }
  /** Look a swarm up in the store; answered by `swarm-opened`. */
  | { readonly kind: 'open'; readonly swarmId: SwarmId }
  /** Answered by `extent-read`. */
  | { readonly kind: 'read'; readonly swarmId: SwarmId; readonly extent: number }
  /** Answered by `extent-written`. */
  | {
      readonly kind: 'write';
      readonly record: SwarmRecord;
      readonly extent: Extent;
      readonly blocks: readonly HashBlock[];
    }
  /** Hash each chunk of a run; answered by `chunks-hashed`. */
  | {
      readonly kind: 'hash';
      readonly swarmId: SwarmId;
      readonly token: number;
      readonly hash: HashFunction;
      readonly chunks: readonly Uint8Array[];
    }
  /** Compute an extent's 127 hashes; answered by `extent-checked`. */
  | {
      readonly kind: 'check';
      readonly swarmId: SwarmId;
      readonly extent: number;
      readonly hash: HashFunction;
      readonly bytes: Uint8Array;
      readonly chunkSize: number;
    }
  /** A datagram that is none of ours, and had no effect: if it was meant for somebody else, it can be passed on. */
  | {
      readonly kind: 'not-ours';
      readonly datagram: InputOf<'datagram'>;
      readonly fault: EndpointFault;
      readonly flow: Flow;
    }
  /** Look at the membership certificate of a peer of the swarm; answered by `certified`. RFC 7574 section 12.2.2. */
  | {
      readonly kind: 'certify';
      readonly swarmId: SwarmId;
      readonly token: number;
      readonly certificate: Uint8Array;
    }
  /** A subscriber came to an extent, here or not: once on his way through the content. What it is kept or let go by. */
  | {
      readonly kind: 'used';
      readonly swarmId: SwarmId;
      readonly extent: number;
      readonly chunkSize: number;
      readonly by: Address;
    }
  /** Remove a stored extent that proved corrupt. */
  | { readonly kind: 'erase'; readonly swarmId: SwarmId; readonly extent: number }
  | { readonly kind: 'notice'; readonly notice: Notice };

/** Everything that can happen to an endpoint. */
export type Input =
  /**
   * `port` is the index of the local socket it came in by; `origin` whom it was meant for, if it was intercepted. `bytes` are
   * ours from now on: chunks are read from them later.
   */
  | {
      readonly kind: 'datagram';
      readonly from: Address;
      readonly origin?: Address | undefined;
      readonly port: number;
      readonly bytes: Uint8Array;
    }
  /** The datapath cannot keep up, or can again: meanwhile no intercepted HANDSHAKE is answered. */
  | { readonly kind: 'overload'; readonly overloaded: boolean }
  /** The store takes nothing new, or does again: meanwhile no intercepted HANDSHAKE is answered of a swarm of which it has nothing. */
  | { readonly kind: 'store-full'; readonly full: boolean }
  /** Flows that were intercepted so far go to their origins from now on: their channels are forgotten without a word. */
  | { readonly kind: 'flows-lost' }
  | { readonly kind: 'swarm-opened'; readonly swarmId: SwarmId; readonly content: OpenedContent | undefined }
  | {
      readonly kind: 'extent-read';
      readonly swarmId: SwarmId;
      readonly extent: number;
      readonly read: Extent | undefined;
    }
  | { readonly kind: 'extent-written'; readonly swarmId: SwarmId; readonly extent: number; readonly stored: boolean }
  | {
      readonly kind: 'extent-evicted';
      readonly swarmId: SwarmId;
      readonly extent: number;
      /** It had to go because it was damaged, not for want of room: it is wanted as if it had never been here. */
      readonly damaged?: boolean;
    }
  | {
      readonly kind: 'chunks-hashed';
      readonly swarmId: SwarmId;
      readonly token: number;
      readonly leaves: readonly Uint8Array[];
    }
  | {
      readonly kind: 'extent-checked';
      readonly swarmId: SwarmId;
      readonly extent: number;
      readonly subtree: Uint8Array;
    }
  | {
      readonly kind: 'certified';
      readonly swarmId: SwarmId;
      readonly token: number;
      readonly verdict: MembershipVerdict;
    }
  /** A tracker certified that we are in the swarm. */
  | { readonly kind: 'certificate'; readonly swarmId: SwarmId; readonly own: OwnCertificate }
  | { readonly kind: 'join'; readonly join: Join }
  | { readonly kind: 'peers'; readonly swarmId: SwarmId; readonly peers: readonly Candidate[] }
  /** What another endpoint measured of a peer. */
  | { readonly kind: 'peer-measured'; readonly address: Address; readonly delivery: Delivery }
  | { readonly kind: 'leave'; readonly swarmId: SwarmId }
  /** What may be fetched and served of a swarm, open or not, from now on. */
  | { readonly kind: 'swarm-limits'; readonly swarmId: SwarmId; readonly limits: SwarmLimits };

/** The inputs of one kind. */
export type InputOf<Kind extends Input['kind']> = Extract<Input, { kind: Kind }>;

/** Opens a swarm on our own account; of one that is open, takes `all` up, or takes it back. */
export interface Join {
  readonly metadata: SwarmMetadata;
  /** `all` fetches everything, `demand` what subscribers need and the rest behind it, `none` only serves. */
  readonly want: Want;
  readonly content: OpenedContent | undefined;
  /** The content comes from hashes we computed ourselves in this run, so that nothing needs a second check. */
  readonly trusted: boolean;
}

/** How much of a swarm we fetch. */
export type Want = 'all' | 'demand' | 'none';
