import { z } from 'zod';
import { limits } from '../limits';

const charsMax = 4 * Math.ceil(limits.certificateBytesMax / 3);

/** Bytes in base64 (RFC 4648 section 4), as many as a membership certificate may have. */
export const certificateBytes = z
  .base64()
  .min(1)
  .max(charsMax)
  .transform((text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0)))
  .refine(({ length }) => length <= limits.certificateBytesMax);

/** The mirror of `certificateBytes`. */
export function toBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}
