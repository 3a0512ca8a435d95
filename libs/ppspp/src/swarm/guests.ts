/** What went to those who are no subscribers: siblings, and strangers. */
export class Guests {
  /** Content bytes, each chunk once a request. */
  bytes = 0;

  constructor(private readonly counters: { guestBytes: number }) {}

  served(bytes: number): void {
    this.bytes += bytes;
    this.counters.guestBytes += bytes;
  }
}
