import { constantDelay, type Delay } from './delay';
import type { Random } from './random';

/** What a link does to datagrams. Probabilities are from 0 to 1, drawn for each datagram. */
export interface LinkModel {
  readonly loss: number;
  readonly duplication: number;
  /** Probability of being held back, up to `reorderingMicros`, so that later ones overtake. */
  readonly reordering: number;
  readonly reorderingMicros: number;
  readonly delay: Delay;
  /** Infinity for a link that is never full. */
  readonly bytesPerSecond: number;
  /** Bytes that may wait for the link; what does not fit is dropped (drop-tail). */
  readonly queueBytes: number;
}

/** A link that changes nothing but the time: 10 ms, as within a country. */
export const perfectLink: LinkModel = Object.freeze({
  loss: 0,
  duplication: 0,
  reordering: 0,
  reorderingMicros: 0,
  delay: constantDelay(10_000),
  bytesPerSecond: Infinity,
  queueBytes: Infinity,
});

/** What became of a datagram: the times at which its copies arrive, or why there is none. */
export type Passage = { readonly arrivals: readonly number[] } | { readonly dropped: 'lost' | 'queue-full' };

/** One direction of a link. Pairs of addresses that share one instance share its bandwidth and its queue. */
export class SimulatedLink {
  private model: LinkModel;
  private busyUntil = 0;
  private lastArrival = 0;

  constructor(model: Partial<LinkModel> = {}) {
    this.model = { ...perfectLink, ...model };
  }

  /** Changes the link from now on; what is under way stays as it is. */
  change(model: Partial<LinkModel>): void {
    this.model = { ...this.model, ...model };
  }

  /** Takes a datagram at `now`, in microseconds. Calls come in order of time. */
  pass(bytes: number, now: number, random: Random): Passage {
    const { bytesPerSecond, queueBytes, loss, duplication } = this.model;
    const starts = Math.max(now, this.busyUntil);
    const waiting = ((starts - now) * bytesPerSecond) / 1e6;
    if (starts > now && waiting + bytes > queueBytes) return { dropped: 'queue-full' };
    this.busyUntil = starts + (bytes / bytesPerSecond) * 1e6;
    // What is lost is lost beyond the queue: it has used the link.
    if (random() < loss) return { dropped: 'lost' };
    const arrivals = [this.arrival(random)];
    if (random() < duplication) arrivals.push(this.arrival(random));
    return { arrivals };
  }

  /** Datagrams arrive in the order in which they were sent, those held back apart, however long each travels. */
  private arrival(random: Random): number {
    const { delay, reordering, reorderingMicros } = this.model;
    const due = Math.ceil(this.busyUntil + delay(random));
    if (random() < reordering) return due + Math.ceil(random() * reorderingMicros);
    this.lastArrival = Math.max(this.lastArrival, due);
    return this.lastArrival;
  }
}
