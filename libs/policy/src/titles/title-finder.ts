import type { Claims } from './claims';
import { Precedents } from './precedents';
import { RecentRequests } from './recent-requests';
import { titlesOf, type Titles } from './titles';

/** Learns from the requests of a trace, which it sees once and in order, what is of one title, and in which order. */
export class TitleFinder {
  private readonly recent = new RecentRequests();
  private readonly precedents = new Precedents();

  /** Bytes of memory. */
  get stateBytes(): number {
    return this.recent.stateBytes + this.precedents.stateBytes;
  }

  /** A subscriber, named by 32 bits, asks for an object. */
  see(object: number, subscriber: number): void {
    this.precedents.see(object, subscriber, this.recent);
  }

  /** What was found. `claims`: what the names of all objects say; objects that were never asked for have no title but by name. */
  titles(claims: Claims): Titles {
    return titlesOf(claims, this.precedents);
  }
}
