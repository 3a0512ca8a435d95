import type { Address } from '@weir/ppspp';

const nothing = new Uint8Array(0);

/** 32 bits that spread flows evenly, or what is said on them: FNV-1a over both addresses and the bytes, mixed once more. */
export function hashFlow(from: Address, origin: Address, bytes: Uint8Array = nothing): number {
  let hash = 0x811c9dc5;
  for (const { ip, port } of [from, origin]) {
    for (let at = 0; at < ip.length; at++) hash = Math.imul(hash ^ ip.charCodeAt(at), 0x01000193);
    hash = Math.imul(hash ^ port, 0x01000193);
  }
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) >>> 0;
}
