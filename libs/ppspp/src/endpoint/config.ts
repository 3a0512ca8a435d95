import type { LinkBudget } from '../budget/link-budget';
import type { UploadOptions } from '../channel/uploader';
import type { IntegrityMethod, SwarmId } from '../swarm/metadata';
import { limits, type Micros } from '../limits';
import { noExchange, type ExchangeConfig } from '../exchange/config';
import type { Standing } from '../swarm/standing';
import type { Address } from './address';
import type { Candidate } from './effects';
import type { FlowTable } from './flows';
import type { Shard } from './shard';

/** What an endpoint does with a peer that calls. */
export type Admission =
  /** It is served, and what it wants is fetched. */
  | 'serve'
  /** It gets what is here, as a sibling does: nothing is fetched or opened for its sake, and it is served after those who are. */
  | 'share'
  /** As `share`, of contents that are complete here: for a stranger, whom a part of one is of no use. */
  | 'visit'
  /** It gets no answer at all. */
  | 'refuse';

/** Everything an endpoint is told; pure functions and plain values. */
export interface EndpointConfig {
  /** 32 unpredictable bits from a cryptographic source. RFC 7574 section 12.1. */
  readonly random: () => number;
  /** System time minus `now`, both in microseconds: DATA carries system time. RFC 7574 section 8.6. */
  readonly wireOffset: bigint;
  /** Decides on a peer by its address. */
  readonly admit: (from: Address) => Admission;
  /** Decides on a swarm that a caller names; left out, any will do. */
  readonly admitsSwarm?: (swarmId: SwarmId) => boolean;
  /**
   * Whether an address that a subscriber called is a peer outside, whom we may call, too: none of the subscribers, nor of
   * ourselves. Left out, none is.
   */
  readonly isExternal?: (address: Address) => boolean;
  /**
   * How near a peer is that somebody named, or why it is not to be called: every peer that we call passes here, whoever named it.
   * Left out, all are alike.
   */
  readonly standing?: (peer: Candidate) => Standing;
  /** Which flows have channels of ours, where several endpoints share a port; left out, this one knows of its own. */
  readonly flows?: FlowTable;
  /** Which of several endpoints on one port this is; left out, it is the only one. */
  readonly shard?: Shard;
  /** Index of the local socket to call a peer from: one of its address family. */
  readonly portFor: (to: Address) => number;
  /** A handshake for a swarm that is not open may open it, as far as the store or other peers have it. */
  readonly opensUnknown: boolean;
  /** Peers that called may be asked for chunks. */
  readonly fetchesFromCallers: boolean;
  /**
   * Content integrity protection methods of swarms that callers may name; left out means the Merkle hash tree alone.
   * RFC 7574 section 5: `none` is for benign networks.
   */
  readonly integrityMethods?: readonly IntegrityMethod[];
  /** Peers that we called are served. */
  readonly servesCalled: boolean;
  /** Swarms that nobody knew before and that one subscriber may have opened within any minute. */
  readonly newSwarmsPerMinute: number;
  readonly upload: UploadOptions;
  /** Peers served at a time; beyond it they take turns, and who waits is choked. RFC 7574 section 3.9. */
  readonly uploadSlots: number;
  /** What may be asked for of peers outside, shared by several endpoints; left out, anything. */
  readonly budget?: LinkBudget | undefined;
  /** Bytes of checked extents kept in memory for serving. */
  readonly cacheBytes: number;
  /** Content larger than this is fetched only where subscribers are about to need it. */
  readonly backgroundBytesMax: number;
  /** How far ahead of what subscribers play is fetched before all that nobody needs yet; left out, half a minute. */
  readonly readAhead?: Micros | undefined;
  /** What peers are told of others, and believed of them. */
  readonly exchange: ExchangeConfig;
}

/** System time at `now`, in microseconds, as DATA carries it. RFC 7574 section 8.6. */
export function wireTime(now: Micros, { wireOffset }: EndpointConfig): bigint {
  return BigInt(now) + wireOffset;
}

/**
 * Defaults of the bounds. 4 MiB in flight carries 300 Mbit/s over 100 ms; no peer gets more than 1 Gbit/s; 64 MiB of
 * extents hold what a thousand subscribers are about to ask for; a content of more than 8 GiB is not fetched whole unasked.
 */
export const endpointDefaults = {
  upload: { windowBytesMax: 4 * 2 ** 20, segmentBytes: limits.datagramBytes, bytesPerSecondMax: 125_000_000 },
  newSwarmsPerMinute: 60,
  uploadSlots: 8_192,
  cacheBytes: 64 * 2 ** 20,
  backgroundBytesMax: 8 * 2 ** 30,
  exchange: noExchange,
} as const;
