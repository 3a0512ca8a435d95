import type { DatapathReport, GuestTotals, InterceptTotals, PeerTotals } from './datapath-messages';

/** All that threads count. */
export type Totals = PeerTotals & InterceptTotals & GuestTotals;

const nothing: Totals = {
  channels: 0,
  fetchedBytes: 0,
  servedBytes: 0,
  hitBytes: 0,
  missBytes: 0,
  answeredHandshakes: 0,
  passedHandshakes: 0,
  repeatedBytes: 0,
  servedDatagrams: 0,
  servedDatagramBytes: 0,
  guestBytes: 0,
  guestDatagramBytes: 0,
};

/** Keeps what threads did that have ended, so that totals never fall. */
export class PastTotals {
  private past = nothing;

  /** A thread has ended, and reported this last. Its channels have ended with it. */
  add(last: DatapathReport): void {
    this.past = sum(this.past, { ...last, channels: 0 });
  }

  /** With what the threads that run have done. */
  with(running: readonly DatapathReport[]): Totals {
    return running.reduce(sum, this.past);
  }
}

function sum(one: Totals, other: Totals): Totals {
  return {
    channels: one.channels + other.channels,
    fetchedBytes: one.fetchedBytes + other.fetchedBytes,
    servedBytes: one.servedBytes + other.servedBytes,
    hitBytes: one.hitBytes + other.hitBytes,
    missBytes: one.missBytes + other.missBytes,
    answeredHandshakes: one.answeredHandshakes + other.answeredHandshakes,
    passedHandshakes: one.passedHandshakes + other.passedHandshakes,
    repeatedBytes: one.repeatedBytes + other.repeatedBytes,
    servedDatagrams: one.servedDatagrams + other.servedDatagrams,
    servedDatagramBytes: one.servedDatagramBytes + other.servedDatagramBytes,
    guestBytes: one.guestBytes + other.guestBytes,
    guestDatagramBytes: one.guestDatagramBytes + other.guestDatagramBytes,
  };
}
