import { decodeRequest, type Request } from '@weir/ppstp';
import { mayChangeBody, requestBodyBytes, responseBodyBytes } from './http-head';
import { requestBodyBytesMax, responseBodyBytesMax } from './limits';
import { MessageReader, type HttpMessage, type PassReason } from './message-reader';

/** What became of a PPSTP exchange: the tracker's answer was changed, or needed no change. */
export const exchangeOutcomes = ['rewritten', 'unchanged'] as const;

/** One of `exchangeOutcomes`. */
export type ExchangeOutcome = (typeof exchangeOutcomes)[number];

/** Whom a conversation asks and tells. */
export interface ConversationListener {
  /** A PPSTP request is whole, and on its way to the tracker. */
  onRequest(request: Request): void;
  /** The text that is to stand for a response's, if another. */
  answer(text: string, request: Request): string | undefined;
  onExchange(outcome: ExchangeOutcome): void;
  /** From now on everything passes unread. Told once. */
  onPass(reason: PassReason): void;
  /** Whether there is time to parse something. */
  hasTime(): boolean;
  /** Does a work whose time is limited. */
  spend<Result>(work: () => Result): Result;
}

type Phase =
  | { readonly kind: 'request'; readonly reader: MessageReader }
  | { readonly kind: 'response'; readonly reader: MessageReader; readonly request: Request }
  | { readonly kind: 'passing' };

const nothing: readonly Uint8Array[] = [];
const passing: Phase = { kind: 'passing' };

/**
 * What a subscriber and a tracker say to one another on one connection. The subscriber's bytes go on as they come, and are only
 * read; so this says only what goes to the subscriber, and when. A response to a PPSTP request is held until it is whole.
 *
 * Whatever is not one PPSTP request after another, each followed by its response, both plain and of known length, ends the
 * reading for good, and everything passes byte for byte: who cannot be mistaken cannot be misled. Pure: no clock, no socket.
 */
export class Conversation {
  private phase: Phase = requestPhase();

  constructor(private readonly listener: ConversationListener) {}

  /** Bytes that it holds: of a request, which were sent on already, or of a response, which were not. */
  get heldBytes(): number {
    return this.phase.kind === 'passing' ? 0 : this.phase.reader.held.length;
  }

  /** Bytes came from the subscriber. Returns what goes to the subscriber. */
  fromSubscriber(chunk: Uint8Array): readonly Uint8Array[] {
    if (this.phase.kind === 'passing' || chunk.length === 0) return nothing;
    if (this.phase.kind === 'response') return this.pass('pipelined');
    const reading = this.phase.reader.take(chunk);
    if (reading.kind === 'other') return this.pass(reading.reason);
    if (reading.kind === 'whole') return this.requested(reading.message, reading.rest.length > 0);
    return nothing;
  }

  /** Bytes came from the tracker. Returns what goes to the subscriber. */
  fromTracker(chunk: Uint8Array): readonly Uint8Array[] {
    if (this.phase.kind === 'passing') return [chunk];
    if (this.phase.kind === 'request') return [...this.pass('unexpected-response'), chunk];
    const { reader, request } = this.phase;
    const reading = reader.take(chunk);
    if (reading.kind === 'other') return this.pass(reading.reason);
    if (reading.kind === 'more') return nothing;
    const answered = this.answered(reading.message, request);
    this.phase = requestPhase();
    return reading.rest.length > 0 ? [...answered, ...this.fromTracker(reading.rest)] : answered;
  }

  /** Reads no more. Returns what was held back from the subscriber. */
  pass(reason: PassReason): readonly Uint8Array[] {
    const { phase } = this;
    if (phase.kind === 'passing') return nothing;
    this.phase = passing;
    this.listener.onPass(reason);
    return phase.kind === 'response' && phase.reader.held.length > 0 ? [phase.reader.held] : nothing;
  }

  /** One of the two says no more. Returns what goes to the subscriber; what was being read is passed as it is. */
  ended(): readonly Uint8Array[] {
    const { phase } = this;
    if (phase.kind !== 'request' || phase.reader.held.length > 0) return this.pass('ended');
    this.phase = passing;
    return nothing;
  }

  private requested({ body }: HttpMessage, hasMore: boolean): readonly Uint8Array[] {
    if (!this.listener.hasTime()) return this.pass('load');
    const text = textOf(body);
    const decoded = text === undefined ? undefined : this.listener.spend(() => decodeRequest(text));
    if (decoded?.ok !== true) return this.pass('not-ppstp');
    this.listener.onRequest(decoded.message);
    this.phase = { kind: 'response', reader: new MessageReader(responseForm), request: decoded.message };
    return hasMore ? this.pass('pipelined') : nothing;
  }

  private answered({ head, headBytes, body }: HttpMessage, request: Request): readonly Uint8Array[] {
    const { listener } = this;
    const text = mayChangeBody(head) && listener.hasTime() ? textOf(body) : undefined;
    const changed = text === undefined ? undefined : listener.spend(() => listener.answer(text, request));
    listener.onExchange(changed === undefined ? 'unchanged' : 'rewritten');
    if (changed === undefined || head.length === undefined) return [headBytes, body];
    const bytes = Buffer.from(changed, 'utf8');
    const { start, end } = head.length;
    return [headBytes.subarray(0, start), Buffer.from(String(bytes.length)), headBytes.subarray(end), bytes];
  }
}

const requestForm = { prefix: 'POST ', bodyBytes: requestBodyBytes, bodyBytesMax: requestBodyBytesMax };
const responseForm = { prefix: 'HTTP/1.', bodyBytes: responseBodyBytes, bodyBytesMax: responseBodyBytesMax };

function requestPhase(): Phase {
  return { kind: 'request', reader: new MessageReader(requestForm) };
}

/** The text of bytes that are UTF-8; a mark of byte order, which JSON does not have, stays in it. */
function textOf(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
