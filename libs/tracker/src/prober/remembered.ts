import { limits } from './limits';

/** Names that are remembered for a while, the oldest first to go. */
export class Remembered {
  private readonly until = new Map<string, number>();

  add(name: string, now: number): void {
    this.until.delete(name);
    const [oldest] = this.until.keys();
    if (this.until.size >= limits.rememberedMax && oldest !== undefined) this.until.delete(oldest);
    this.until.set(name, now + limits.memory);
  }

  has(name: string, now: number): boolean {
    const until = this.until.get(name);
    if (until === undefined) return false;
    if (until > now) return true;
    this.until.delete(name);
    return false;
  }
}
