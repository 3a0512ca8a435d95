import { limits, type Micros } from '../limits';
import { Bucket } from './bucket';
import { LocalCells, type Cells } from './cells';
import { Share } from './share';

/** What is fetched for somebody who waits; what somebody is about to ask for; and what nobody needs yet. */
export type Urgency = 'demand' | 'ahead' | 'background';

/** Every urgency, the greatest first. */
export const urgencies: readonly Urgency[] = ['demand', 'ahead', 'background'];

/** Bytes for each second that may be asked for outside; infinite: no bound; 0: nothing. */
export interface LinkRates {
  /** Everything that is fetched. */
  readonly total: number;
  /** Of it, what nobody needs yet. */
  readonly background: number;
  /** From each peer. */
  readonly peer: number;
}

/** Bytes that were asked for since the beginning, with what their messages cost, by urgency. */
export type LinkUse = Readonly<Record<Urgency, number>>;

/** No bound. */
export const unlimitedRates: LinkRates = { total: Infinity, background: Infinity, peer: Infinity };

/** How full the common bucket is left for what is more urgent. */
const left: Readonly<Record<Urgency, number>> = { demand: 0, ahead: 0.25, background: 0.5 };

/** An infinite rate as it stands in a cell. */
const unlimited = Number.MAX_SAFE_INTEGER;

const place = {
  total: { bucket: 0, marks: 16 },
  background: { bucket: 1, marks: 16 + limits.shardsMax },
  rates: { total: 2, background: 3, peer: 4 },
  use: { demand: 5, ahead: 6, background: 7 },
  peers: 16 + 2 * limits.shardsMax,
} as const;

/** How many cells a budget takes. */
export const budgetCells = place.peers + limits.budgetPeers;

/**
 * What may be asked for of peers outside: one budget, however many endpoints draw on it. Whoever is less urgent leaves a part of
 * the bucket for others, so that demand never waits for what is fetched ahead, and background gets what is left over.
 */
export class LinkBudget {
  private readonly total: Share;
  private readonly background: Share;

  /**
   * That of the endpoint with this number, whose clock is so far behind the one that all have in common. The cells are empty, or
   * another endpoint's.
   */
  constructor(
    private readonly cells: Cells = new LocalCells(budgetCells),
    thread = 0,
    private readonly behind: Micros = 0,
  ) {
    this.total = new Share(cells, place.total, thread);
    this.background = new Share(cells, place.background, thread);
  }

  get rates(): LinkRates {
    const { total, background, peer } = place.rates;
    return { total: this.rate(total), background: this.rate(background), peer: this.rate(peer) };
  }

  /** What holds from now on, for all endpoints. */
  limit({ total, background, peer }: LinkRates, now: Micros): void {
    const before = this.rates;
    const ofBackground = Math.min(total, background);
    if (before.total === total && before.background === ofBackground && before.peer === peer) return;
    this.cells.write(place.rates.total, whole(total));
    this.cells.write(place.rates.background, whole(ofBackground));
    this.cells.write(place.rates.peer, whole(peer));
    const at = now + this.behind;
    this.total.adapt(before.total, total, at);
    this.background.adapt(before.background, ofBackground, at);
    if (before.peer === peer) return;
    for (let number = 0; number < limits.budgetPeers; number++) this.peerBucket(number).adapt(before.peer, peer, at);
  }

  get use(): LinkUse {
    const { demand, ahead, background } = place.use;
    return {
      demand: this.cells.read(demand),
      ahead: this.cells.read(ahead),
      background: this.cells.read(background),
    };
  }

  /** Bytes that may be asked for now; any at all is enough for a chunk. */
  credit(urgency: Urgency, now: Micros): number {
    const total = this.total.credit(this.rate(place.rates.total), left[urgency], now + this.behind);
    if (urgency !== 'background') return total;
    return Math.min(total, this.background.credit(this.rate(place.rates.background), 0, now + this.behind));
  }

  /** The same of one peer, by a number that its address has. */
  creditOf(peer: number, now: Micros): number {
    return this.peerBucket(peer).credit({ rate: this.rate(place.rates.peer) }, now + this.behind);
  }

  /** So many bytes are asked for. */
  spend(urgency: Urgency, bytes: number, now: Micros): void {
    this.cells.update(place.use[urgency], (used) => used + bytes);
    this.total.spend(bytes, this.rate(place.rates.total), now + this.behind);
    if (urgency === 'background') this.background.spend(bytes, this.rate(place.rates.background), now + this.behind);
  }

  spendOf(peer: number, bytes: number, now: Micros): void {
    this.peerBucket(peer).spend(bytes, { rate: this.rate(place.rates.peer) }, now + this.behind);
  }

  /** When so many bytes may be asked for, if nobody else takes them; infinite if never. */
  readyAt(urgency: Urgency, bytes: number, now: Micros): Micros {
    const at = now + this.behind;
    const total = this.total.readyAt(bytes, this.rate(place.rates.total), left[urgency], at);
    if (urgency !== 'background') return total - this.behind;
    return Math.max(total, this.background.readyAt(bytes, this.rate(place.rates.background), 0, at)) - this.behind;
  }

  readyAtOf(peer: number, bytes: number): Micros {
    return this.peerBucket(peer).readyAt(bytes, { rate: this.rate(place.rates.peer) }) - this.behind;
  }

  /** Something waits here: other endpoints leave us our part. */
  wait(urgency: Urgency, now: Micros): void {
    const share = urgency === 'background' ? this.background : this.total;
    share.wait(now + this.behind);
  }

  /** Peers are told apart by a hash alone: two that share a bucket have one peer's rate together. */
  private peerBucket(peer: number): Bucket {
    return new Bucket(this.cells, place.peers + (peer % limits.budgetPeers), limits.budgetBurst);
  }

  /** An empty cell is one that nobody limited. */
  private rate(at: number): number {
    const value = this.cells.read(at);
    return value === 0 || value === unlimited ? Number.POSITIVE_INFINITY : value - 1;
  }
}

/** As it stands in a cell: one more than it is, since an empty cell is no bound. */
function whole(rate: number): number {
  return rate === Number.POSITIVE_INFINITY ? unlimited : Math.round(rate) + 1;
}
