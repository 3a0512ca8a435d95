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

/** Whether a peer may be called. */
export function isCallable(standing: Standing): standing is Nearness {
  return nearnesses.some((nearness) => nearness === standing);
}
