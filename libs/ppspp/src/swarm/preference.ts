import type { Address } from '../endpoint/address';
import type { Candidate } from '../endpoint/effects';
import type { Micros } from '../limits';
import type { Refusal, Standing } from './standing';
import { typicalSpeed, type Speed, type Throughput } from './throughput';

/** In which order peers are called, and which are not called at all. */
export interface Preference {
  readonly standing: (peer: Candidate) => Standing;
  readonly speed: (address: Address, now: Micros) => Speed;
  /** A peer that was named is not called. */
  readonly refused: (refusal: Refusal) => void;
}

/** All peers are alike. */
export const noPreference: Preference = {
  standing: () => 'far',
  speed: () => typicalSpeed,
  refused: () => undefined,
};

/** As an endpoint is told, and as it measured itself. */
export function preferenceOf(
  { standing = noPreference.standing }: { readonly standing?: Preference['standing'] },
  throughput: Throughput,
  counters: { refusedPeer(refusal: Refusal): void },
): Preference {
  return {
    standing,
    speed: (address, now) => throughput.speed(address, now),
    refused: (refusal) => counters.refusedPeer(refusal),
  };
}
