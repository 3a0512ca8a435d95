/** Bounds on the answers that are kept. */
export interface TransactionsOptions {
  /** Microseconds for which an answer is kept at the least, if there is room: as long as a client may try again. */
  readonly keptMicros: number;
  readonly answersMax: number;
  /** Characters of requests together, and of what their answers would be. */
  readonly charsMax: number;
}

/** What is kept in one span of time. */
class Generation<Answer> {
  readonly answers = new Map<string, Answer>();
  chars = 0;

  constructor(readonly since: number) {}
}

/**
 * The answers of completed transactions, for requests that come again since their answer was lost: "The tracker MUST be
 * prepared to receive a request with a repeated transaction_id" (RFC 7846 section 4.3). They are kept in two generations,
 * of which the older one is forgotten as a whole: each request is kept here, and nothing is cheaper to forget.
 */
export class Transactions<Answer> {
  private young = new Generation<Answer>(0);
  private old = new Generation<Answer>(0);

  constructor(private readonly options: TransactionsOptions = defaultTransactionsOptions) {}

  /** Answers kept. */
  get size(): number {
    return this.young.answers.size + this.old.answers.size;
  }

  /**
   * The answer to the same request, "with identical content". `request` is all of its body, and who asks before it, so that
   * nobody hears the answers of others: where it came from, and the principal.
   */
  answerTo(request: string, now: number): Answer | undefined {
    this.age(now);
    return this.young.answers.get(request) ?? this.old.answers.get(request);
  }

  /** Keeps an answer. `chars`: how long it is when it is written. */
  keep(request: string, { answer, chars }: { readonly answer: Answer; readonly chars: number }, now: number): void {
    this.age(now);
    const { answersMax, charsMax } = this.options;
    const added = request.length + chars;
    // Half of the room is for each of the two.
    if (added > charsMax / 2) return;
    if (this.young.answers.size >= answersMax / 2 || this.young.chars + added > charsMax / 2) this.turn(now);
    this.young.answers.set(request, answer);
    this.young.chars += added;
  }

  /** What is older than it has to be kept goes, and with it what came up to as long after it. */
  private age(now: number): void {
    if (now - this.young.since < this.options.keptMicros) return;
    const isAllOver = now - this.young.since >= 2 * this.options.keptMicros;
    this.turn(now);
    if (isAllOver) this.turn(now);
  }

  private turn(now: number): void {
    this.old = this.young;
    this.young = new Generation(now);
  }
}

/** What suits one tracker. */
export const defaultTransactionsOptions: TransactionsOptions = Object.freeze({
  // A client tries again within seconds, and gives up within the time between its reports.
  keptMicros: 30_000_000,
  answersMax: 131_072,
  // 64 MB at most: texts of ASCII take a byte for each character, and answers are kept as what they are made of.
  charsMax: 67_108_864,
});
