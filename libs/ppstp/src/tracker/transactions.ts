/** Bounds on the answers that are kept. */
export interface TransactionsOptions {
  /** Microseconds for which an answer is kept: as long as a client may try the same request again. */
  readonly keptMicros: number;
  readonly answersMax: number;
  /** Characters of requests and answers together. */
  readonly charsMax: number;
}

interface Answered {
  readonly body: string;
  readonly answer: string;
  readonly keptUntil: number;
}

/**
 * The answers of completed transactions, for requests that come again since their answer was lost: "The tracker MUST be
 * prepared to receive a request with a repeated transaction_id" (RFC 7846 section 4.3). The oldest leave first.
 */
export class Transactions {
  private readonly answered = new Map<string, Answered>();
  private chars = 0;

  constructor(private readonly options: TransactionsOptions = defaultTransactionsOptions) {}

  /** Answers kept. */
  get size(): number {
    return this.answered.size;
  }

  /**
   * The answer to the same request, "with identical content". The key has to name who asks beside the transaction, so
   * that nobody hears the answers of others: where the request came from, the principal, the peer ID.
   */
  answerTo(key: string, body: string, now: number): string | undefined {
    this.expire(now);
    const kept = this.answered.get(key);
    return kept?.body === body ? kept.answer : undefined;
  }

  keep(key: string, { body, answer }: { readonly body: string; readonly answer: string }, now: number): void {
    this.forget(key);
    const { answersMax, charsMax, keptMicros } = this.options;
    const chars = charsOf(key, { body, answer });
    if (chars > charsMax) return;
    for (const oldest of this.answered.keys()) {
      if (this.answered.size < answersMax && this.chars + chars <= charsMax) break;
      this.forget(oldest);
    }
    this.answered.set(key, { body, answer, keptUntil: now + keptMicros });
    this.chars += chars;
  }

  /** Forgets what was kept long enough. Costs what it finds. */
  expire(now: number): void {
    for (const [key, { keptUntil }] of this.answered) {
      if (keptUntil > now) return;
      this.forget(key);
    }
  }

  private forget(key: string): void {
    const kept = this.answered.get(key);
    if (kept === undefined) return;
    this.answered.delete(key);
    this.chars -= charsOf(key, kept);
  }
}

function charsOf(key: string, { body, answer }: { readonly body: string; readonly answer: string }): number {
  return key.length + body.length + answer.length;
}

/** What suits one tracker. */
export const defaultTransactionsOptions: TransactionsOptions = Object.freeze({
  // A client tries again within seconds, and gives up within the time between its reports.
  keptMicros: 60_000_000,
  answersMax: 65_536,
  // 64 MB at most: texts of ASCII take a byte for each character.
  charsMax: 67_108_864,
});
