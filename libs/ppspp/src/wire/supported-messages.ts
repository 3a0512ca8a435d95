import { messageCodes } from './codes';

/**
 * The compressed bitmap of message types: type X is bit X, counted from the left, and the bitmap ends with its last
 * byte that is not zero. `codes` are below 256. RFC 7574 section 7.10.
 */
export function supportedMessagesOf(codes: readonly number[]): Uint8Array {
  const bitmap = new Uint8Array(codes.length === 0 ? 0 : Math.floor(Math.max(...codes) / 8) + 1);
  for (const code of codes) {
    const at = Math.floor(code / 8);
    bitmap[at] = (bitmap[at] ?? 0) | bit(code);
  }
  return bitmap;
}

/** Whether the sender of the bitmap accepts this message type; one that sent no bitmap accepts all. */
export function supportsMessage(bitmap: Uint8Array | undefined, code: number): boolean {
  if (bitmap === undefined) return true;
  return ((bitmap[Math.floor(code / 8)] ?? 0) & bit(code)) !== 0;
}

/** What this codec reads: all but SIGNED_INTEGRITY. Such a subset MUST be signalled (RFC 7574 section 7.10). */
export const ownSupportedMessages = supportedMessagesOf(Object.values(messageCodes));

function bit(code: number): number {
  return 0x80 >> (code % 8);
}
