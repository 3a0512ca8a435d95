import * as fc from 'fast-check';
import type { Request } from '@weir/ppstp';
import { Conversation, type ConversationListener, type ExchangeOutcome } from './conversation';
import type { PassReason } from './message-reader';

/** A conversation, and all that it told. */
export interface Overheard {
  readonly conversation: Conversation;
  readonly requests: Request[];
  readonly outcomes: ExchangeOutcome[];
  readonly reasons: PassReason[];
  /** What the subscriber was sent. */
  text(): string;
  /** Bytes of one of the two, one character for each. */
  subscriber(text: string): void;
  tracker(text: string): void;
  end(): void;
}

/** Listens to a conversation. */
export function overhear(listener: Partial<Pick<ConversationListener, 'answer' | 'hasTime'>> = {}): Overheard {
  const [requests, outcomes, reasons]: [Request[], ExchangeOutcome[], PassReason[]] = [[], [], []];
  const sent: Buffer[] = [];
  const conversation = new Conversation({
    onRequest: (request) => requests.push(request),
    answer: () => undefined,
    onExchange: (outcome) => outcomes.push(outcome),
    onPass: (reason) => reasons.push(reason),
    hasTime: () => true,
    spend: (work) => work(),
    ...listener,
  });
  const send = (chunks: readonly Uint8Array[]) => sent.push(...chunks.map((chunk) => Buffer.from(chunk)));
  return {
    conversation,
    requests,
    outcomes,
    reasons,
    text: () => Buffer.concat(sent).toString('latin1'),
    subscriber: (text) => void send(conversation.fromSubscriber(Buffer.from(text, 'latin1'))),
    tracker: (text) => void send(conversation.fromTracker(Buffer.from(text, 'latin1'))),
    end: () => void send(conversation.ended()),
  };
}

/** An HTTP request with this body. */
export function posted(body: string, fields: readonly string[] = []): string {
  const lines = ['POST /ppstp HTTP/1.1', 'Host: tracker.example', ...fields, `Content-Length: ${String(body.length)}`];
  return `${lines.join('\r\n')}\r\n\r\n${body}`;
}

/** An HTTP response with this body. */
export function answered(body: string, fields: readonly string[] = []): string {
  const lines = ['HTTP/1.1 200 OK', `content-length:  ${String(body.length)} `, ...fields, 'Date: today'];
  return `${lines.join('\r\n')}\r\n\r\n${body}`;
}

/** Ways to cut a text into pieces, of one character too. */
export function cut(text: string): fc.Arbitrary<string[]> {
  return fc
    .oneof(
      fc.array(fc.nat(text.length), { maxLength: 12 }),
      fc.constant(Array.from({ length: text.length }, (_, at) => at)),
    )
    .map((places) => {
      const ends = [...new Set([...places, text.length])].sort((one, other) => one - other);
      return ends.map((end, index) => text.slice(ends[index - 1] ?? 0, end)).filter((piece) => piece !== '');
    });
}
