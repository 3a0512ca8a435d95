import { createHmac, randomBytes } from 'node:crypto';
import { pseudonymsMax } from './limits';

/** Hex digits of a swarm's pseudonym: 52 bits, so that two swarms of a million share one once in 9,000 times. */
const swarmDigits = 13;
/** Hex digits of a subscriber's: as many bits as are known of him. */
const subscriberDigits = 8;

/**
 * Names that stand for others in one recording. They are hashes with a key that is drawn at random and never leaves this object:
 * nobody can tell afterwards who or what was meant, nor compare two recordings.
 */
export class Pseudonyms {
  private readonly key = randomBytes(32);
  private readonly known = new Map<string, string>();

  /** `key`: a number that stands for a swarm everywhere. */
  swarm(key: number): string {
    return this.of(`swarm ${key}`, swarmDigits);
  }

  /** `by`: a number that stands for a subscriber while this process runs. */
  subscriber(by: number): string {
    return this.of(`subscriber ${by}`, subscriberDigits);
  }

  private of(name: string, digits: number): string {
    const found = this.known.get(name);
    if (found !== undefined) return found;
    const made = createHmac('sha256', this.key).update(name).digest('hex').slice(0, digits);
    if (this.known.size >= pseudonymsMax) this.known.clear();
    this.known.set(name, made);
    return made;
  }
}
