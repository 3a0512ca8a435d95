import { headEnd, readHead, type HttpHead } from './http-head';
import { headBytesMax } from './limits';

/** Why a connection is passed unread from some point on. A closed set, so that it can label a metric. */
export const passReasons = [
  'not-ppstp',
  'oversized',
  'pipelined',
  'unexpected-response',
  'ended',
  'slow',
  'memory',
  'load',
] as const;

/** One of `passReasons`. */
export type PassReason = (typeof passReasons)[number];

/** A whole HTTP message. The bytes are the reader's: they are good until it is let go. */
export interface HttpMessage {
  readonly head: HttpHead;
  readonly headBytes: Uint8Array;
  readonly body: Uint8Array;
}

/** How the messages of one direction look. */
export interface MessageForm {
  /** What each begins with; anything else is given up at its first byte. */
  readonly prefix: string;
  /** Bytes of the body that follows a head, or undefined if the head is not of this form. */
  readonly bodyBytes: (head: HttpHead) => number | undefined;
  readonly bodyBytesMax: number;
}

/** What came of some bytes: more are needed, a message is whole, with what follows it, or it cannot be of this form. */
export type Reading =
  | { readonly kind: 'more' }
  | { readonly kind: 'whole'; readonly message: HttpMessage; readonly rest: Uint8Array }
  | { readonly kind: 'other'; readonly reason: PassReason };

interface KnownHead {
  readonly head: HttpHead;
  readonly headBytes: number;
  readonly wholeBytes: number;
}

/**
 * Reads one HTTP message with a head and a body of known length, in chunks of any size. It holds no more than the two may have
 * and the chunk that goes beyond.
 */
export class MessageReader {
  private memory = Buffer.allocUnsafe(2_048);
  private bytes = 0;
  private known: KnownHead | undefined;

  constructor(private readonly form: MessageForm) {}

  /** All that it took. */
  get held(): Uint8Array {
    return this.memory.subarray(0, this.bytes);
  }

  /** Takes further bytes. After `whole` or `other` it takes no more. */
  take(chunk: Uint8Array): Reading {
    const scanFrom = Math.max(0, this.bytes - headEnd.length + 1);
    this.append(chunk);
    const fault = this.known === undefined ? this.look(scanFrom) : undefined;
    if (fault !== undefined) return { kind: 'other', reason: fault };
    if (this.known === undefined || this.bytes < this.known.wholeBytes) return { kind: 'more' };
    const { head, headBytes, wholeBytes } = this.known;
    const { memory } = this;
    const message = { head, headBytes: memory.subarray(0, headBytes), body: memory.subarray(headBytes, wholeBytes) };
    return { kind: 'whole', message, rest: memory.subarray(wholeBytes, this.bytes) };
  }

  private append(chunk: Uint8Array): void {
    const due = this.bytes + chunk.length;
    if (due > this.memory.length) {
      const larger = Buffer.allocUnsafe(Math.max(due, 2 * this.memory.length));
      this.memory.copy(larger, 0, 0, this.bytes);
      this.memory = larger;
    }
    this.memory.set(chunk, this.bytes);
    this.bytes = due;
  }

  /** Looks for the head, from where it was not looked for yet. Tells why it cannot be one of ours. */
  private look(scanFrom: number): PassReason | undefined {
    const { prefix, bodyBytes, bodyBytesMax } = this.form;
    const begins = Math.min(this.bytes, prefix.length);
    if (this.memory.toString('latin1', 0, begins) !== prefix.slice(0, begins)) return 'not-ppstp';
    const end = this.memory.subarray(0, this.bytes).indexOf(headEnd, scanFrom, 'latin1');
    const headBytes = end + headEnd.length;
    if (end < 0) return this.bytes > headBytesMax ? 'oversized' : undefined;
    if (headBytes > headBytesMax) return 'oversized';
    const head = readHead(this.memory.toString('latin1', 0, headBytes));
    const length = head && bodyBytes(head);
    if (head === undefined || length === undefined) return 'not-ppstp';
    if (length > bodyBytesMax) return 'oversized';
    this.known = { head, headBytes, wholeBytes: headBytes + length };
    return undefined;
  }
}
