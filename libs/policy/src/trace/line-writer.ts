import type { TraceModel, TraceRequest } from './models';

/** The first line of a trace. */
export const traceHeader = 'time,object,bytes,subscriber';
/** As `traceHeader`, where lines also say what is live. */
export const liveHeader = `${traceHeader},live`;

/** Bytes of lines that are handed over at a time: enough that handing over costs nothing. */
const blockBytes = 65_536;
/** No line is longer: five numbers of 16 digits at most, and what is between them. */
const lineBytesMax = 128;

const comma = 0x2c;
const dot = 0x2e;
const slash = 0x2f;
const zero = 0x30;
const newline = 0x0a;

/**
 * Writes requests as lines of a trace, by hand into bytes: strings would cost more than the model. A title and its segment
 * are the object `TITLE/SEGMENT`; a title that is not cut is an object by its number.
 */
export class LineWriter {
  private readonly block = new Uint8Array(blockBytes);
  private length = 0;

  constructor(private readonly columns: Pick<TraceModel, 'hasLive' | 'hasSegments'>) {
    for (const character of columns.hasLive ? liveHeader : traceHeader) this.byte(character.charCodeAt(0));
    this.byte(newline);
  }

  /** Whether it is time to `take`. */
  get full(): boolean {
    return this.length > blockBytes - lineBytesMax;
  }

  /** Adds a line. */
  add({ millis, title, segment, bytes, subscriber, live }: TraceRequest): void {
    this.number(Math.floor(millis / 1_000));
    this.fraction(millis % 1_000);
    this.byte(comma);
    this.number(title);
    if (this.columns.hasSegments) {
      this.byte(slash);
      this.number(segment);
    }
    this.byte(comma);
    this.number(bytes);
    this.byte(comma);
    this.number(subscriber);
    if (this.columns.hasLive) {
      this.byte(comma);
      this.byte(zero + Number(live));
    }
    this.byte(newline);
  }

  /** The lines since the last time, in bytes of their own. */
  take(): Uint8Array {
    const taken = this.block.slice(0, this.length);
    this.length = 0;
    return taken;
  }

  private byte(value: number): void {
    this.block[this.length++] = value;
  }

  private fraction(thousandths: number): void {
    this.byte(dot);
    this.byte(zero + Math.floor(thousandths / 100));
    this.byte(zero + (Math.floor(thousandths / 10) % 10));
    this.byte(zero + (thousandths % 10));
  }

  /** Digits from the last to the first. */
  private number(value: number): void {
    let digits = 1;
    for (let power = 10; power <= value; power *= 10) digits++;
    let rest = value;
    for (let place = this.length + digits - 1; place >= this.length; place--) {
      const tenth = Math.floor(rest / 10);
      this.block[place] = zero + rest - tenth * 10;
      rest = tenth;
    }
    this.length += digits;
  }
}
