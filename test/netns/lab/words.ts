import { randomBytes } from 'node:crypto';
import { encodeDatagram, initiatingOptions, type HandshakeOptions, type SwarmMetadata } from '@weir/ppspp';

/** What a raw peer's HANDSHAKE says, where it differs from the usual. */
export interface Wording {
  readonly swarmId?: string;
  readonly channel?: number;
  readonly options?: HandshakeOptions;
}

const usual = { hash: 'sha256', addressing: 'chunk32', chunkSize: 1_024 } as const;
const dialect = { addressing: 'chunk32', hashBytes: 32, chunkSize: 1_024 } as const;
const channelBytes = 4;

/** A swarm that nobody has. */
export function unknownSwarm(): string {
  return randomBytes(32).toString('hex');
}

/** A datagram with an initiating HANDSHAKE, in hex. RFC 7574 section 8.4. */
export function handshake({ swarmId = unknownSwarm(), channel = 1, options = {} }: Wording = {}): string {
  const metadata: SwarmMetadata = { ...usual, swarmId };
  const said = { type: 'handshake', channel, options: { ...initiatingOptions(metadata, true), ...options } } as const;
  return hexOf(encodeDatagram(0, [said], dialect));
}

/** A REQUEST for one chunk, to a channel of the other's. RFC 7574 section 8.10. */
export function request(channel: number, chunk: number): string {
  return hexOf(encodeDatagram(channel, [{ type: 'request', range: { first: chunk, last: chunk } }], dialect));
}

/** A keepalive: a datagram without a message, to a channel of the other's. RFC 7574 section 3.12. */
export function keepalive(channel: number): string {
  return hexOf(encodeDatagram(channel, [], dialect));
}

/** Whom a datagram is for, and the channel that it names if it answers a HANDSHAKE. RFC 7574 section 3.1.1. */
export function answerOf(hex: string): { readonly to: number; readonly channel: number | undefined } {
  const bytes = Buffer.from(hex, 'hex');
  const to = bytes.readUInt32BE(0);
  const isAnswer = bytes.length > 2 * channelBytes && bytes[channelBytes] === 0;
  return { to, channel: isAnswer ? bytes.readUInt32BE(channelBytes + 1) : undefined };
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
