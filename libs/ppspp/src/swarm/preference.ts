import type { Address } from '../endpoint/address';
import type { Candidate } from '../endpoint/effects';
import type { Micros } from '../limits';
import { typicalSpeed, type Speed, type Throughput } from './throughput';

/** How near a peer is, as an operator sees it, the nearest first: whom bytes cost least from is asked first. */
export const nearnesses = ['sibling', 'near', 'far'] as const;

/** One of `nearnesses`. */
export type Nearness = (typeof nearnesses)[number];

/**
 * Why a peer is never called: an operator forbids it; its address is none that a peer elsewhere can have; it is ourselves; it is a
 * subscriber, whom we serve and never ask. Closed, so that it can label a metric.
 */
export type Refusal = 'forbidden' | 'unusable' | 'own' | 'subscriber';

/** What is to be made of a peer that somebody named, whoever it was. */
export type Standing = Nearness | Refusal;

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

/** Whether a peer may be called. */
export function isCallable(standing: Standing): standing is Nearness {
  return nearnesses.some((nearness) => nearness === standing);
}
