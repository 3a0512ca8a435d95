import { createHmac, timingSafeEqual } from 'node:crypto';

import { limits } from './limits';

/** What nonces are made of. */
export interface NoncesOptions {
  /** Known to this server alone; servers that share it accept each other's nonces. */
  readonly secret: Uint8Array;
  readonly realm: string;
  /** How long a nonce can be used. */
  readonly nonceMillis: number;
  readonly random: (bytes: number) => Uint8Array;
  readonly noncesMax: number;
}

/** Of one nonce in one user's hands: the highest count, and which of those just below it were there. */
interface Counts {
  highest: number;
  seen: number;
  readonly issued: number;
}

const timeBytes = 6;
const randomBytes = 8;
const sealBytes = 16;
/** A nonce this long is base64 without padding. */
const nonceBytes = timeBytes + randomBytes + sealBytes;

/**
 * Nonces that need no memory to be recognised: a time and a seal over it, as RFC 7616 section 3.3 proposes. Only those in
 * use are remembered, with their counts, so that no request is answered twice (section 5.5). When there is no room for
 * another, the oldest is forgotten, and with it every nonce that is not younger becomes stale: never can one be replayed.
 */
export class Nonces {
  private readonly counts = new Map<string, Counts>();
  /** What was issued then or before, and is not remembered, is stale. */
  private forgotten = -1;

  constructor(private readonly options: NoncesOptions) {}

  issue(now: number): string {
    const nonce = Buffer.alloc(nonceBytes);
    nonce.writeUIntBE(Math.floor(now), 0, timeBytes);
    nonce.set(this.options.random(randomBytes).subarray(0, randomBytes), timeBytes);
    nonce.set(this.seal(nonce.subarray(0, timeBytes + randomBytes)), timeBytes + randomBytes);
    return nonce.toString('base64url');
  }

  /** Milliseconds since it was issued; undefined for what is not ours or too old. */
  age(nonce: string, now: number): number | undefined {
    const bytes = Buffer.from(nonce, 'base64url');
    if (bytes.length !== nonceBytes || bytes.toString('base64url') !== nonce) return undefined;
    const front = bytes.subarray(0, timeBytes + randomBytes);
    if (!timingSafeEqual(this.seal(front), bytes.subarray(timeBytes + randomBytes))) return undefined;
    const age = Math.floor(now) - bytes.readUIntBE(0, timeBytes);
    return age < 0 || age > this.options.nonceMillis ? undefined : age;
  }

  /** Whether this count is a new one of this nonce; then it is used up. Only for a nonce that has an age, in proven hands. */
  use(nonce: string, user: string, count: number, now: number): boolean {
    const key = `${nonce}:${user}`;
    const issued = Math.floor(now) - (this.age(nonce, now) ?? Infinity);
    const counts = this.counts.get(key) ?? this.remember(key, issued);
    if (counts === undefined) return false;
    const above = count - counts.highest;
    if (above > 0) {
      counts.seen = above < limits.countsWindow ? (counts.seen << above) | 1 : 1;
      counts.highest = count;
      return true;
    }
    const bit = 1 << -above;
    if (count < 1 || -above >= limits.countsWindow || (counts.seen & bit) !== 0) return false;
    counts.seen |= bit;
    return true;
  }

  /** How many are remembered. */
  get size(): number {
    return this.counts.size;
  }

  private remember(key: string, issued: number): Counts | undefined {
    if (issued <= this.forgotten) return undefined;
    if (this.counts.size >= this.options.noncesMax) {
      const [[oldest, { issued: floor }] = ['', { issued: -1 }]] = this.counts;
      this.counts.delete(oldest);
      this.forgotten = Math.max(this.forgotten, floor);
    }
    const counts = { highest: 0, seen: 0, issued };
    this.counts.set(key, counts);
    return counts;
  }

  private seal(front: Uint8Array): Uint8Array {
    const { secret, realm } = this.options;
    return createHmac('sha256', secret).update(front).update(realm).digest().subarray(0, sealBytes);
  }
}
