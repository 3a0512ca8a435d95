import { createHash } from 'node:crypto';
import type { SwarmId } from '@weir/ppspp';

/** Numbers that name swarms: below 2^52, so that they are exact. */
const keys = 2 ** 52;

/** The number by which the policy knows a swarm, stored or not: the first bits of its ID's SHA-256. */
export function swarmKeyNumber(swarmId: SwarmId): number {
  const digest = createHash('sha256').update(swarmId).digest();
  return digest.readUIntBE(0, 6) * 16 + (digest.readUInt8(6) >>> 4);
}

/** Another number, for a swarm whose own is another's. */
export function nextKey(key: number): number {
  return (key + 1) % keys;
}
