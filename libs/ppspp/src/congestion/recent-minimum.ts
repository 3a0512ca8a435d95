import type { Micros } from '../limits';

/** The least of the values added lately, in constant memory: it keeps one minimum for each span of time. */
export class RecentMinimum {
  /** Minima of the complete spans, the oldest first; Infinity where nothing was added. */
  private readonly complete: number[] = [];
  private completeMinimum = Infinity;
  private running = Infinity;
  private runningSince: Micros | undefined;

  /** Remembers `spans` spans, the running one included. */
  constructor(private readonly spans: number) {}

  /** The least value of the remembered spans, as of the last `add`. */
  get value(): number {
    return Math.min(this.completeMinimum, this.running);
  }

  /** The least value of the last complete span, or Infinity if nothing was added in it. */
  get previous(): number {
    return this.complete.at(-1) ?? Infinity;
  }

  /** Adds a value; `span` is how long a span lasts from now on. */
  add(value: number, now: Micros, span: Micros): void {
    this.runningSince ??= now;
    const passed = Math.floor((now - this.runningSince) / Math.max(span, 1));
    if (passed > 0) {
      this.runningSince += passed * Math.max(span, 1);
      this.roll(Math.min(passed, this.spans));
    }
    this.running = Math.min(this.running, value);
  }

  private roll(count: number): void {
    for (let span = 0; span < count; span++) {
      this.complete.push(this.running);
      this.running = Infinity;
      if (this.complete.length >= this.spans) this.complete.shift();
    }
    this.completeMinimum = Math.min(...this.complete);
  }
}
