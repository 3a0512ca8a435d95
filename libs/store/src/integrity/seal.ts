import { crc32 } from 'node:zlib';

/** Bytes of a seal. */
export const sealBytes = 4;

/**
 * CRC-32 over a key and what stands under it. It finds every single flipped bit, and of anything else all but one in 2^32; it is
 * against disks that forget, not against people.
 */
export function sealOf(key: Uint8Array, ...parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, part) => crc32(part, sum), crc32(key));
}

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
