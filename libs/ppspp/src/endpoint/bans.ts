import { limits, type Micros } from '../limits';
import { addressKey, type Address } from './address';

/** Addresses of peers that lied, for a while. Bounded: the oldest ban leaves first. */
export class Bans {
  private readonly until = new Map<string, Micros>();

  add(address: Address, now: Micros): void {
    const key = addressKey(address);
    this.until.delete(key);
    const [oldest] = this.until.keys();
    if (this.until.size >= limits.bannedMax && oldest !== undefined) this.until.delete(oldest);
    this.until.set(key, now + limits.ban);
  }

  has(address: Address, now: Micros): boolean {
    const until = this.until.get(addressKey(address));
    return until !== undefined && now < until;
  }
}
