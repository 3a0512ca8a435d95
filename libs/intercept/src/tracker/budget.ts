import { heldBytesMax, parsingMicrosPerSecond } from './limits';

/** What all connections share: memory for messages that are not whole, and time to parse those that are. */
export class Budget {
  private held = 0;
  /** Microseconds that are left; less than none after one message took longer. */
  private left = parsingMicrosPerSecond;
  private refilled: number;

  /** `now` is whole microseconds. */
  constructor(
    private readonly now: () => number,
    private readonly heldMax = heldBytesMax,
  ) {
    this.refilled = now();
  }

  get heldBytes(): number {
    return this.held;
  }

  /** One connection holds so many bytes more, or less. False when all together hold too much. */
  hold(change: number): boolean {
    this.held += change;
    return this.held <= this.heldMax;
  }

  /** Whether there is time left to parse something. */
  hasTime(): boolean {
    const now = this.now();
    const gained = ((now - this.refilled) * parsingMicrosPerSecond) / 1_000_000;
    this.left = Math.min(parsingMicrosPerSecond, this.left + gained);
    this.refilled = now;
    return this.left > 0;
  }

  /** Does a work, and takes the time that it took. */
  spend<Result>(work: () => Result): Result {
    const before = this.now();
    const result = work();
    this.left -= this.now() - before;
    return result;
  }
}
