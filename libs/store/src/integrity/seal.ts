import { crc32 as platformCrc32 } from 'node:zlib';
import { guardAddon } from '../guard-addon';

/** Bytes of a seal. */
export const sealBytes = 4;

/**
 * CRC-32 over a key and what stands under it. It finds every single flipped bit, and of anything else all but one in 2^32; it is
 * against disks that forget, not against people.
 */
export function sealOf(key: Uint8Array, ...parts: readonly Uint8Array[]): number {
  crc32 ??= guardAddon()?.crc32 ?? platformCrc32;
  let sum = 0;
  // The platform's begins anew with an empty one.
  for (const part of [key, ...parts]) if (part.length > 0) sum = crc32(part, sum);
  return sum;
}

/** Looked for once: the addon's where there is one and the processor has what it takes, the same at a sixth of the cost. */
let crc32: ((bytes: Uint8Array, sum: number) => number) | undefined;

/** A value with its seal behind it. */
export function seal(key: Uint8Array, value: Uint8Array): Buffer {
  const sealed = Buffer.allocUnsafe(value.length + sealBytes);
  sealed.set(value);
  sealed.writeUInt32BE(sealOf(key, value), value.length);
  return sealed;
}

/** Mirror of `seal`, a view; undefined if key or value are not what was sealed. */
export function unsealed(key: Uint8Array, sealed: Uint8Array): Uint8Array | undefined {
  if (sealed.length < sealBytes) return undefined;
  const value = sealed.subarray(0, -sealBytes);
  const stated = new DataView(sealed.buffer, sealed.byteOffset + value.length, sealBytes).getUint32(0);
  return sealOf(key, value) === stated ? value : undefined;
}
