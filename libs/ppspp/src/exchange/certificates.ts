import { addressKey, type Address } from '../endpoint/address';
import { limits, type Micros } from '../limits';

interface Held {
  readonly address: Address;
  readonly bytes: Uint8Array;
  readonly expiresAt: Micros;
}

/** Membership certificates of one swarm that proved valid, by whom they are of. Bounded: the oldest leaves. */
export class Certificates {
  private readonly held = new Map<string, Held>();

  keep(address: Address, bytes: Uint8Array, expiresAt: Micros): void {
    const key = addressKey(address);
    this.held.delete(key);
    const [oldest] = this.held.keys();
    if (this.held.size >= limits.certificatesMax && oldest !== undefined) this.held.delete(oldest);
    this.held.set(key, { address, bytes, expiresAt });
  }

  /** The certificate of a member, as long as it is valid. */
  of(address: Address, now: Micros): Uint8Array | undefined {
    const held = this.held.get(addressKey(address));
    return held !== undefined && now < held.expiresAt ? held.bytes : undefined;
  }

  /** All that are valid. */
  *valid(now: Micros): Iterable<{ readonly address: Address; readonly bytes: Uint8Array }> {
    for (const held of this.held.values()) if (now < held.expiresAt) yield held;
  }

  get size(): number {
    return this.held.size;
  }
}
