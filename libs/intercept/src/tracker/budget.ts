import { heldBytesMax, parsedBytesPerSecond } from './limits';

/** What all connections share: memory for messages that are not whole, and time to parse those that are. */
export class Budget {
  private held = 0;
  private parseable = parsedBytesPerSecond;
  private refilled = 0;

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

  /** Takes time for so many bytes, if there is some left in this second. */
  parse(bytes: number): boolean {
    const now = this.now();
    const gained = ((now - this.refilled) * parsedBytesPerSecond) / 1_000_000;
    this.parseable = Math.min(parsedBytesPerSecond, this.parseable + gained);
    this.refilled = now;
    if (bytes > this.parseable) return false;
    this.parseable -= bytes;
    return true;
  }
}
