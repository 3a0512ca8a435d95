import type {
  Address,
  Candidate,
  Delivery,
  EndpointConfig,
  Notice,
  Shard,
  SwarmId,
  SwarmLimits,
  SwarmMetadata,
} from '@weir/ppspp';
import type { PortKind } from '@weir/datagram';
import type { Finding } from '@weir/store';
import type { Registry } from 'prom-client';
import type { MessagePort } from 'node:worker_threads';
import type { LineEnd } from './handover';
import type { PeerRulesSettings } from './peer-rules';
import type { AddressPrefix } from './prefix-list';
import type { ThreadSockets } from './sockets';
import type { SwarmRules } from './swarm-rules';
import type { TrafficChange } from './swarm-traffic';

/** What an operator may bound of an endpoint; its defaults, where left out. */
export type PeerBounds = Partial<
  Pick<
    EndpointConfig,
    'newSwarmsPerMinute' | 'uploadSlots' | 'upload' | 'cacheBytes' | 'backgroundBytesMax' | 'readAhead'
  >
>;

/** What a datapath thread is started with. */
export interface DatapathTask {
  readonly control: MessagePort;
  /** The thread's way to the store's writer. */
  readonly store: MessagePort;
  readonly storeDirectory: string;
  /** Which of the threads this is. */
  readonly shard: Shard;
  /** Where all threads show that they live. */
  readonly pulse: SharedArrayBuffer;
  /** Where all threads note which intercepted flows they have channels on. */
  readonly flows: SharedArrayBuffer;
  /** By which all threads number subscribers for the policy: who comes back to another thread is still the same. */
  readonly usesKey: Uint8Array;
  /** Lines to the other threads that run. */
  readonly lines: readonly LineEnd[];
  /** What the thread adopts; left out, it opens sockets of its own, and is the only one. */
  readonly sockets?: ThreadSockets | undefined;
  readonly listen: readonly Address[];
  /** What carries the datagrams; `auto` when left out. */
  readonly port?: PortKind | undefined;
  readonly dscp?: number | undefined;
  /** Which swarms are served; left out, any. */
  readonly swarms?: SwarmRules | undefined;
  /** Swarms that operators blocked so far. */
  readonly blocked?: readonly SwarmId[];
  /** What swarms are bounded by so far. */
  readonly limits?: readonly (readonly [SwarmId, SwarmLimits])[];
  /** The budget of the outside link, which all threads share; left out, there is none. */
  readonly budget?: SharedArrayBuffer | undefined;
  readonly subscribers: readonly AddressPrefix[];
  /** Which peers are called first, and which never; left out, all are alike. */
  readonly peers?: PeerRulesSettings | undefined;
  readonly bounds?: PeerBounds;
  /** How peers are exchanged; left out, not at all. */
  readonly exchange?: DatapathExchange | undefined;
  readonly verifyThreads: number;
}

/** How external peers are exchanged. */
export interface DatapathExchange {
  /** Plain addresses, with external peers of our private network. */
  readonly plain: boolean;
  /** Certificates of authorities that are believed, in PEM. */
  readonly authorities: readonly string[];
}

/** From the control thread to a datapath thread. */
export type DatapathRequest =
  | { readonly type: 'peers'; readonly swarmId: SwarmId; readonly peers: readonly Candidate[] }
  /** What another thread measured of a peer. */
  | { readonly type: 'peer-measured'; readonly address: Address; readonly delivery: Delivery }
  /** Fetch a swarm ahead of demand. */
  | { readonly type: 'fetch'; readonly metadata: SwarmMetadata; readonly peers: readonly Candidate[] }
  /** A tracker certified that we are in a swarm. */
  | { readonly type: 'certificate'; readonly swarmId: SwarmId; readonly certificate: Uint8Array }
  | { readonly type: 'leave'; readonly swarmId: SwarmId }
  /** Leave a swarm and let nobody into it; or, unblocked, let them in again. */
  | { readonly type: 'block'; readonly swarmId: SwarmId; readonly blocked: boolean }
  /** What may be fetched and served of a swarm, open or not, from now on. */
  | { readonly type: 'swarm-limits'; readonly swarmId: SwarmId; readonly limits: SwarmLimits }
  /** Fetch no more of a swarm than subscribers need. */
  | { readonly type: 'settle'; readonly swarmId: SwarmId }
  /** The store failed: leave it, and say `store-left`. */
  | { readonly type: 'store-down' }
  /** The store is back, and this is the way to its writer. */
  | { readonly type: 'store-up'; readonly store: MessagePort }
  /** A thread was replaced: this line is to the new one. */
  | { readonly type: 'line'; readonly line: LineEnd }
  /** Answered by a report at once. */
  | { readonly type: 'report' }
  | { readonly type: 'stop' };

/** One open swarm of a datapath thread. */
export interface LiveSwarm {
  readonly metadata: SwarmMetadata;
  readonly chunkCount: number | undefined;
  readonly contentBytes: number | undefined;
  readonly extentCount: number | undefined;
  readonly extentsHeld: number;
  readonly complete: boolean;
  readonly fetching: boolean;
  /** Something is to be fetched that has to wait for the outside link, or for the swarm's own rate. */
  readonly deferred?: boolean;
  /** Established channels to peers that we serve. */
  readonly subscribers: number;
  /** Established channels to siblings and strangers. */
  readonly guests: number;
  /** Channels to peers that we fetch from. */
  readonly sources: number;
  /** Content bytes since the swarm was opened. */
  readonly servedBytes: number;
  readonly fetchedBytes: number;
}

/** Content bytes since the start, and who is here. */
export interface PeerTotals {
  readonly channels: number;
  readonly fetchedBytes: number;
  readonly servedBytes: number;
  readonly hitBytes: number;
  readonly missBytes: number;
}

/** What became of intercepted HANDSHAKEs since the start, and what serving costs beside the content. */
export interface InterceptTotals {
  /** Each channel counts once. */
  readonly answeredHandshakes: number;
  readonly passedHandshakes: number;
  /** Content bytes that were sent again because they were lost. */
  readonly repeatedBytes: number;
  /** Datagrams on all channels that we serve, control messages included, and their payload bytes. */
  readonly servedDatagrams: number;
  readonly servedDatagramBytes: number;
}

/** What went to others than subscribers since the start. */
export interface GuestTotals {
  readonly guestBytes: number;
  /** Payload bytes of datagrams. */
  readonly guestDatagramBytes: number;
}

/** What a datapath thread did since it started, and what it has open now. */
export interface DatapathReport extends PeerTotals, InterceptTotals, GuestTotals {
  readonly swarms: readonly LiveSwarm[];
  /** What was added since the last report. */
  readonly traffic: readonly TrafficChange[];
  readonly metrics: Awaited<ReturnType<Registry['getMetricsAsJSON']>>;
}

/** Why a datapath thread ended unasked. */
export interface DatapathFailure {
  readonly code: string;
  readonly message: string;
  readonly details: Readonly<Record<string, string | number>>;
}

/** From a datapath thread to the control thread; the first is `ready`. */
export type DatapathReply =
  | { readonly type: 'ready'; readonly addresses: readonly Address[] }
  | { readonly type: 'notice'; readonly notice: Notice }
  /** The thread stalled, and left all intercepted flows to their origins. */
  | { readonly type: 'flows-lost' }
  /** Nothing of the store is open in the thread any more. */
  | { readonly type: 'store-left' }
  /** The disk does not keep up, as this thread sees it; or does again. */
  | { readonly type: 'store-slow'; readonly slow: boolean }
  /** Something went wrong beside the protocol, as a failed read; told at most once a second. */
  | { readonly type: 'trouble'; readonly message: string }
  /** Something stored was not what had been written, and was removed. */
  | { readonly type: 'damage'; readonly finding: Finding }
  | { readonly type: 'report'; readonly report: DatapathReport };
