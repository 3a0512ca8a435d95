import { randomFillSync } from 'node:crypto';

const pool = new Uint32Array(256);
let used = pool.length;

/** 32 unpredictable bits: channel IDs are guarded by nothing else. RFC 7574 section 12.1. */
export function random32(): number {
  if (used >= pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  return pool[used++] ?? random32();
}
