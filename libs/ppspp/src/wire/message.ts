import type { ChunkRange } from '../addressing/chunk-range';
import type { ChunkAddressing } from '../addressing/method';

/**
 * What two peers agreed on in their handshake and what therefore decides the widths of all later messages.
 * RFC 7574 sections 7.6, 7.8 and 7.11.
 */
export interface Dialect {
  readonly addressing: ChunkAddressing;
  /** Bytes of one Merkle hash, from 20 of SHA-1 to 64 of SHA-512. */
  readonly hashBytes: number;
  /**
   * Bytes of every chunk but the last, or undefined while unproven: a DATA message then takes the rest of its
   * datagram. Once known, a datagram may carry several DATA messages (RFC 7574 section 8.6). Ranges of bytes need it
   * from the beginning: there it is what the swarm's metadata says, or the guess of 1024.
   */
  readonly chunkSize: number | undefined;
  /** Bytes of the content, while known: where a range of bytes ends that reaches the last chunk. */
  readonly contentBytes?: number;
}

/**
 * The options of a HANDSHAKE as they stand on the wire: registry codes, not yet judged. RFC 7574 section 7.
 * An absent member is an option that the sender left out.
 */
export interface HandshakeOptions {
  readonly version?: number;
  readonly minimumVersion?: number;
  readonly swarmId?: Uint8Array;
  readonly integrityMethod?: number;
  readonly hashFunction?: number;
  readonly liveSignatureAlgorithm?: number;
  readonly chunkAddressing?: number;
  readonly liveDiscardWindow?: bigint;
  /** The bitmap as sent, truncated after its last non-zero byte. RFC 7574 section 7.10. */
  readonly supportedMessages?: Uint8Array;
  readonly chunkSize?: number;
}

/** RFC 7574 section 8.4. Channel 0 closes the channel it is sent on. */
export interface HandshakeMessage {
  readonly type: 'handshake';
  readonly channel: number;
  readonly options: HandshakeOptions;
}

/** RFC 7574 section 8.6. `timestamp` is opaque, modulo 2^64. `bytes` is a view of the datagram. */
export interface DataMessage {
  readonly type: 'data';
  readonly range: ChunkRange;
  readonly timestamp: bigint;
  readonly bytes: Uint8Array;
}

/** RFC 7574 section 8.7. `delay` is the one-way delay sample in microseconds, modulo 2^64. */
export interface AckMessage {
  readonly type: 'ack';
  readonly range: ChunkRange;
  readonly delay: bigint;
}

/** HAVE, REQUEST and CANCEL carry one chunk specification. RFC 7574 sections 8.5, 8.10 and 8.11. */
export interface RangeMessage {
  readonly type: 'have' | 'request' | 'cancel';
  readonly range: ChunkRange;
}

/** RFC 7574 section 8.8. `range` is the leaves under one node of the tree; `hash` is a view of the datagram. */
export interface IntegrityMessage {
  readonly type: 'integrity';
  readonly range: ChunkRange;
  readonly hash: Uint8Array;
}

/** CHOKE and UNCHOKE have no payload. RFC 7574 section 8.12. */
export interface BareMessage {
  readonly type: 'choke' | 'unchoke';
}

/** PEX_REQ has no payload. RFC 7574 section 8.13. */
export interface PexRequestMessage {
  readonly type: 'pex-request';
}

/** PEX_RESv4 and PEX_RESv6: `ip` is 4 or 16 bytes. RFC 7574 section 8.13. */
export interface PexResponseMessage {
  readonly type: 'pex-response-v4' | 'pex-response-v6';
  readonly ip: Uint8Array;
  readonly port: number;
}

/** PEX_REScert: a DER-encoded X.509 membership certificate, not judged here. RFC 7574 section 8.13. */
export interface PexCertificateMessage {
  readonly type: 'pex-certificate';
  readonly certificate: Uint8Array;
}

/** The messages by which peers tell of other peers. RFC 7574 section 8.13. */
export type ExchangeMessage = PexRequestMessage | PexResponseMessage | PexCertificateMessage;

/** Every message static content needs. RFC 7574 table 7; SIGNED_INTEGRITY is for live streams alone. */
export type Message =
  HandshakeMessage | DataMessage | AckMessage | RangeMessage | IntegrityMessage | BareMessage | ExchangeMessage;

/** Why bytes were refused. A closed set, so that it can label a metric. */
export type WireFault =
  | 'truncated'
  | 'unknown-message'
  | 'range-reversed'
  | 'chunk-number-too-large'
  | 'range-not-a-node'
  | 'range-without-chunk'
  | 'option-malformed'
  | 'options-unsorted'
  | 'options-unterminated'
  | 'handshake-not-first'
  | 'data-empty'
  | 'too-many-messages';
