import { createHash } from 'node:crypto';
import type { SwarmId } from '@weir/ppspp';

/** Numbers that name swarms: below 2^52, so that they are exact. */
const keys = 2 ** 52;

/** The number by which the policy knows a swarm, stored or not. */
export function swarmKeyNumber(swarmId: SwarmId): number {
  return numberOf(swarmId);
}

/** A number for a name: the first 52 bits of its SHA-256. */
export function numberOf(name: string): number {
  const digest = createHash('sha256').update(name).digest();
  return digest.readUIntBE(0, 6) * 16 + (digest.readUInt8(6) >>> 4);
}

/** Another number, for a swarm whose own is another's. */
export function nextKey(key: number): number {
  return (key + 1) % keys;
}
