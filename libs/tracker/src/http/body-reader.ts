import type { IncomingMessage } from 'node:http';

/** What became of a body: its bytes, or why there are none. `too-long`: read on for a while, so that the answer is heard. */
export type Body = Buffer | 'too-long' | 'no-room';

/** Bounds on bodies. */
export interface BodyLimits {
  /** Bytes of one. */
  readonly bytesMax: number;
  /** Bytes of one that is too long that are read, and dropped, before it is answered nevertheless. */
  readonly drainedMax: number;
  /** Bytes of all that are being read. */
  readonly heldMax: number;
}

const empty = Buffer.alloc(0);

/** Reads bodies of requests, so many bytes of each and so many at a time. How long it takes is the server's to bound. */
export class BodyReader {
  private held = 0;

  constructor(private readonly limits: BodyLimits) {}

  /** Bytes of bodies that are not complete yet. */
  get heldBytes(): number {
    return this.held;
  }

  /** Calls `done` once, unless the connection ends before. */
  read(request: IncomingMessage, done: (body: Body) => void): void {
    const announced = Number(request.headers['content-length'] ?? 0);
    if (announced > this.limits.drainedMax) return done('too-long');
    const reading = new Reading(this.limits);
    const release = (): void => {
      this.held -= reading.bytes;
      reading.bytes = 0;
    };
    request.on('data', (chunk: Buffer) => {
      if (reading.verdict !== undefined) return;
      const before = reading.bytes;
      reading.take(chunk);
      this.held += reading.bytes - before;
      if (this.held > this.limits.heldMax) reading.verdict = 'no-room';
      if (reading.verdict === undefined) return;
      release();
      done(reading.verdict);
    });
    request.on('end', () => {
      if (reading.verdict !== undefined) return;
      reading.verdict = reading.whole();
      release();
      done(reading.verdict);
    });
    request.on('close', release);
  }
}

/** One body while it comes. */
class Reading {
  /** Held of it now. */
  bytes = 0;
  verdict: Body | undefined;
  private first: Buffer | undefined;
  private more: Buffer[] | undefined;
  private seen = 0;

  constructor(private readonly limits: BodyLimits) {}

  take(chunk: Buffer): void {
    this.seen += chunk.length;
    if (this.seen > this.limits.drainedMax) this.verdict = 'too-long';
    if (this.seen <= this.limits.bytesMax) this.keep(chunk);
    else this.drop();
  }

  whole(): Body {
    if (this.seen > this.limits.bytesMax) return 'too-long';
    if (this.first === undefined) return empty;
    return this.more === undefined ? this.first : Buffer.concat([this.first, ...this.more]);
  }

  /** Most bodies come in one piece. */
  private keep(chunk: Buffer): void {
    this.bytes += chunk.length;
    if (this.first === undefined) this.first = chunk;
    else (this.more ??= []).push(chunk);
  }

  private drop(): void {
    this.first = undefined;
    this.more = undefined;
    this.bytes = 0;
  }
}
