import type { Address } from '../endpoint/address';
import type { Micros } from '../limits';
import type { Holdings } from '../swarm/holdings';
import type { DataMessage, ExchangeMessage } from '../wire/message';
import type { ChunkSource } from './downloader';
import type { OpenShelf } from './guest-shelf';
import type { UploadOptions } from './uploader';

/** The swarm as one of its channels, a `Self`, sees it. */
export interface SwarmOf<Self> extends OpenShelf, ChunkSource {
  readonly holdings: Holdings;
  /** A DATA message that was asked for, to be verified with others of its batch. */
  arrived(channel: Self, message: DataMessage, delay: bigint): void;
  /** An INTEGRITY message contradicts what is proven. */
  contradicted(channel: Self): void;
  /** True if the peer's REQUEST may be answered: it holds a slot. */
  admits(channel: Self, now: Micros): boolean;
  /** The peer asked for chunks, so that others may be needed soon. */
  asked(channel: Self): void;
  /** The peer came to an extent, whether or not it is here: once on its way through the content. */
  used(channel: Self, extent: number): void;
  /** The peer tells of others, or wants to be told. */
  exchanged(channel: Self, message: ExchangeMessage, now: Micros): void;
  /** Whether the peer is to be asked for others, beside what it is asked for. */
  seeksPeers(channel: Self, now: Micros): boolean;
  /** The peer says that it is there, and nothing else. */
  idled(channel: Self, now: Micros): void;
}

/** What a channel is made of. */
export interface ChannelInitOf<Self> {
  /** Our ID of the channel: unpredictable, never 0. RFC 7574 sections 3.11 and 12.1. */
  readonly id: number;
  readonly address: Address;
  /** Whom the peer takes us for: its channel was intercepted. */
  readonly origin?: Address | undefined;
  /** Index of the local socket. */
  readonly port: number;
  readonly initiated: boolean;
  /** We answer this peer's REQUESTs. */
  readonly serves: boolean;
  /** This peer is no subscriber: nothing is fetched for its sake. Left out, it is one. */
  readonly guest?: boolean;
  /** We may ask this peer for chunks. */
  readonly fetches: boolean;
  readonly swarm: SwarmOf<Self>;
  readonly upload: UploadOptions;
  /** HANDSHAKEs sent before the peer counts as unreachable; left out means `limits.handshakeTries`. */
  readonly triesMax?: number;
  readonly now: Micros;
}
