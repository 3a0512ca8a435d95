import { hash as digestOnce } from 'node:crypto';
import type { HashFunction } from '../swarm/metadata';

const nodeNames: Readonly<Record<HashFunction, string>> = { sha1: 'sha1', sha256: 'sha256' };

/** Bytes of one hash of each function. RFC 7574 section 7.6. */
export const hashBytes: Readonly<Record<HashFunction, number>> = { sha1: 20, sha256: 32 };

/** The hash of `bytes`. The only place of the protocol that calls the platform's cryptography. */
export function digest(hash: HashFunction, bytes: Uint8Array): Uint8Array {
  return digestOnce(nodeNames[hash], bytes, 'buffer');
}

/** The hash of an inner node from those of its children, left and right. RFC 7574 section 5.1. */
export function combine(hash: HashFunction, left: Uint8Array, right: Uint8Array): Uint8Array {
  if (isZero(left) && isZero(right)) return left;
  const both = new Uint8Array(left.length + right.length);
  both.set(left);
  both.set(right, left.length);
  return digest(hash, both);
}

/** True for the hash of an empty leaf, and of a node over nothing but empty leaves. RFC 7574 section 5.1. */
export function isZero(hash: Uint8Array): boolean {
  for (const byte of hash) if (byte !== 0) return false;
  return true;
}

/** Byte by byte. Hashes here are public, so that time need not be constant. */
export function equalBytes(one: Uint8Array, other: Uint8Array): boolean {
  if (one.length !== other.length) return false;
  for (let index = 0; index < one.length; index++) if (one[index] !== other[index]) return false;
  return true;
}
