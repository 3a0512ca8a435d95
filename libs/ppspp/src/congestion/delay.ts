import type { Micros } from '../limits';

/**
 * The one-way delay sample of an ACK: the receiver's time less the timestamp of the DATA message, modulo 2^64. The two
 * clocks need not agree, so it can stand for a negative number. RFC 7574 section 8.7, RFC 6817 section 2.3.
 */
export function delaySample(timestamp: bigint, wireNow: bigint): bigint {
  return BigInt.asUintN(64, wireNow - timestamp);
}

/**
 * A delay sample from the wire as a signed number. Only differences between the samples of one peer mean anything.
 * Clocks that differ by more than 2^53 microseconds (285 years) are taken to differ by that.
 */
export function signedMicros(sample: bigint): Micros {
  const micros = Number(BigInt.asIntN(64, sample));
  return Math.max(-Number.MAX_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, micros));
}
