/** Part of the new that one second brings in: the rate is that of the last five seconds or so. */
const weight = 0.2;

/** A rate, from looks at what is there. */
export class RateMeter {
  /** The most that was there. */
  bytes = 0;
  private at: number | undefined;
  private rate = 0;

  /** Bytes a second lately, with what is there at `now`, in milliseconds. What is lost meanwhile is no progress. */
  note(bytes: number, now: number): number {
    const gained = Math.max(0, bytes - this.bytes);
    if (this.at === undefined) this.rate = 0;
    else if (now > this.at) {
      const seconds = (now - this.at) / 1_000;
      const share = 1 - (1 - weight) ** seconds;
      this.rate += share * (gained / seconds - this.rate);
    }
    this.bytes = Math.max(this.bytes, bytes);
    this.at = now;
    return this.rate;
  }
}
