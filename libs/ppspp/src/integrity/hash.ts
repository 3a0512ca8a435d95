import { hash as digestOnce } from 'node:crypto';
import { hashFunctions, type HashFunction } from '../swarm/metadata';

/** Bytes of one hash of each function: no two are equally long, so that a hash tells its function. RFC 7574 section 7.6. */
export const hashBytes: Readonly<Record<HashFunction, number>> = {
  sha1: 20,
  sha224: 28,
  sha256: 32,
  sha384: 48,
  sha512: 64,
};

/** The function whose hashes have so many bytes, or undefined. */
export function hashFunctionOfLength(bytes: number): HashFunction | undefined {
  return hashFunctions.find((hash) => hashBytes[hash] === bytes);
}

/** The hash of `bytes`. The only place of the protocol that calls the platform's cryptography, which has our names. */
export function digest(hash: HashFunction, bytes: Uint8Array): Uint8Array {
  return digestOnce(hash, bytes, 'buffer');
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
