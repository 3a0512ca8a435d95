import { limits, type Micros } from '../limits';
import { pathKey, type Path } from './address';

/**
 * Ways of those whom we sent to their origins since we had nothing to give them: what they say next goes there, though
 * somebody outside answer us again. Bounded: the oldest is forgotten first.
 */
export class Parted {
  private readonly until = new Map<string, Micros>();

  add(path: Path, now: Micros): void {
    const key = pathKey(path);
    this.until.delete(key);
    const [oldest] = this.until.keys();
    if (this.until.size >= limits.partedMax && oldest !== undefined) this.until.delete(oldest);
    this.until.set(key, now + limits.parted);
  }

  has(path: Path, now: Micros): boolean {
    if (this.until.size === 0) return false;
    const until = this.until.get(pathKey(path));
    return until !== undefined && now < until;
  }
}
