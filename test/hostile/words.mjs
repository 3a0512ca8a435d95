// What the hostile and the honest say.
import ppspp from '../../dist/libs/ppspp/src/index.js';

const { encodeDatagram, initiatingOptions } = ppspp;

/** Widths of all messages here. */
export const dialect = { addressing: 'chunk32', hashBytes: 32, chunkSize: 1_024 };

/** A HANDSHAKE that initiates a channel. RFC 7574 section 3.1.1. */
export function opening(swarmId, channel) {
  const metadata = { swarmId, hash: 'sha256', addressing: 'chunk32', chunkSize: 1_024 };
  return encodeDatagram(0, [{ type: 'handshake', channel, options: initiatingOptions(metadata, true) }], dialect);
}
