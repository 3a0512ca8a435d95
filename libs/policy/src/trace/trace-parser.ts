import { TitleFinder, type TitleCounts } from '../titles';
import { LineFields, type LineFault } from './line-fields';
import { lineBytesMax, nameBytesMax, objectBytesMax } from './limits';
import { liveHeader, traceHeader } from './line-writer';
import { NameHash } from './name-hash';
import { ObjectTable } from './object-table';
import { blockRequests, RequestBlock } from './request-block';
import { QuotedLine } from './quoted-line';
import { ObjectNames, type TraceObjects } from './object-names';

/** A line that makes no sense. */
export interface MalformedLine {
  /** From 1. */
  readonly line: number;
  readonly fault: LineFault;
  /** How the line begins. */
  readonly text: string;
}

/** The objects of a trace, and how their titles are known. */
export interface TitledObjects extends TraceObjects {
  readonly titles: TitleCounts;
}

/** What to write instead, by what was wrong. */
export const lineRemedies: Readonly<Record<LineFault, string>> = {
  header: `the first line has to be ${traceHeader} or ${liveHeader}`,
  fields: 'write as many fields, separated by commas, as the header has; put one that has a comma into double quotes',
  quotes: 'a double quote that begins a field has to end it; double those in between',
  time: 'time: write seconds, such as 12.345',
  object: `object: write a name of 1 to ${nameBytesMax} bytes`,
  bytes: `bytes: write a whole number from 1 to ${objectBytesMax}; cut larger objects into segments`,
  subscriber: `subscriber: write a name of ${nameBytesMax} bytes at most`,
  live: 'live: write 0 or 1',
  length: `a line has ${lineBytesMax} bytes at most`,
};

const quote = 0x22;
const newline = 0x0a;
const carriageReturn = 0x0d;
/** Bytes of a malformed line that are shown. */
const shownBytesMax = 80;

/**
 * Turns the bytes of a trace, which come in any portions, into blocks of requests, and objects into numbers. Malformed lines
 * are counted and left out; whoever reads decides how many are too many. A header in the middle is no request: traces may be
 * put one after another.
 */
export class TraceParser {
  private readonly table = new ObjectTable();
  private readonly names = new ObjectNames();
  private readonly finder = new TitleFinder();
  /** Lines of this file so far. */
  lines = 0;
  /** Lines of all files that made no sense. */
  malformed = 0;
  /** The first of them. */
  firstMalformed: MalformedLine | undefined;
  /** Requests for what is live. */
  liveRequests = 0;
  private hasLive: boolean | undefined;
  private block = new RequestBlock();
  private full: RequestBlock[] = [];
  /** The beginning of a line whose end has not come yet. */
  private readonly carried = new Uint8Array(lineBytesMax + 2);
  private carriedBytes = 0;
  private readonly fields = new LineFields();
  private readonly unquoted = new QuotedLine();
  /** Where the next quote of a portion is: most traces have none, and are spared the search line by line. */
  private quoteAt = 0;
  private readonly hash = new NameHash();

  /** The objects so far, and the titles they are of: by name, or by what requests tell. */
  objects(): TitledObjects {
    const { swarms, segments, counts } = this.finder.titles(this.names.claims());
    return { bytes: this.table.objectBytes(), swarms, segments, titles: counts };
  }

  /** The next portion. */
  push(portion: Uint8Array): void {
    let start = 0;
    this.quoteAt = nextQuote(portion, 0);
    for (;;) {
      const end = portion.indexOf(newline, start);
      if (end < 0) break;
      if (this.carriedBytes === 0) this.line(portion, start, end);
      else this.endCarried(portion.subarray(start, end));
      start = end + 1;
      if (this.quoteAt < start) this.quoteAt = nextQuote(portion, start);
    }
    this.carry(portion.subarray(start));
  }

  /** What comes next is another file: its lines are counted anew, and it has a header of its own. */
  endFile(): void {
    if (this.carriedBytes > 0) this.endCarried(this.carried.subarray(0, 0));
    this.lines = 0;
    this.hasLive = undefined;
  }

  /** No more comes: the last line needs no end. */
  end(): void {
    if (this.carriedBytes > 0) this.endCarried(this.carried.subarray(0, 0));
    if (this.block.length > 0) this.full.push(this.block);
    this.block = new RequestBlock();
  }

  /** Blocks that are complete. */
  take(): readonly RequestBlock[] {
    const taken = this.full;
    this.full = [];
    return taken;
  }

  /** What is beyond the longest line is not kept: that it is too long is enough. */
  private carry(rest: Uint8Array): void {
    const kept = rest.subarray(0, this.carried.length - this.carriedBytes);
    this.carried.set(kept, this.carriedBytes);
    this.carriedBytes += kept.length;
  }

  private endCarried(rest: Uint8Array): void {
    this.carry(rest);
    const length = this.carriedBytes;
    this.carriedBytes = 0;
    this.quoteAt = nextQuote(this.carried, 0);
    this.line(this.carried, 0, length);
    // Of the portion nothing is known now.
    this.quoteAt = 0;
  }

  private line(bytes: Uint8Array, start: number, lineEnd: number): void {
    this.lines++;
    const end = lineEnd > start && bytes[lineEnd - 1] === carriageReturn ? lineEnd - 1 : lineEnd;
    if (this.quoteAt < end && end - start <= lineBytesMax) this.quotedLine(bytes, start, end);
    else this.plainLine(bytes, start, end);
  }

  private quotedLine(bytes: Uint8Array, start: number, end: number): void {
    const { unquoted } = this;
    if (unquoted.read(bytes, start, end)) this.plainLine(unquoted.bytes, 0, unquoted.length);
    else this.refuse(this.hasLive === undefined ? 'header' : 'quotes', bytes, start, end);
  }

  private plainLine(bytes: Uint8Array, start: number, end: number): void {
    if (this.hasLive === undefined) this.readHeader(bytes, start, end);
    else if (end > start) this.readRequest(bytes, start, end);
  }

  private readHeader(bytes: Uint8Array, start: number, end: number): void {
    const header = textOf(bytes, start, end, lineBytesMax).replace(/^\u00ef\u00bb\u00bf/, '');
    this.hasLive = header === liveHeader;
    if (header !== traceHeader && header !== liveHeader) this.refuse('header', bytes, start, end);
  }

  private readRequest(bytes: Uint8Array, start: number, end: number): void {
    const { fields, hash } = this;
    const hasLive = this.hasLive === true;
    const fault = end - start > lineBytesMax ? 'length' : fields.read(bytes, start, end, hasLive);
    if (fault !== undefined) {
      if (!isHeader(bytes, start, end, hasLive)) this.refuse(fault, bytes, start, end);
      return;
    }
    const subscriber = this.subscriber(bytes);
    hash.of(bytes, fields.objectStart, fields.objectEnd);
    const object = this.table.intern(hash.high, hash.low, fields.bytes);
    this.names.see(object, bytes, fields.objectStart, fields.objectEnd);
    this.finder.see(object, subscriber);
    this.block.add(object, fields.bytes, subscriber);
    if (fields.live && hasLive) this.liveRequests++;
    if (this.block.length < blockRequests) return;
    this.full.push(this.block);
    this.block = new RequestBlock();
  }

  /** 0 stands for not known: whose hash it is becomes 1. */
  private subscriber(bytes: Uint8Array): number {
    const { fields, hash } = this;
    if (fields.subscriberStart === fields.subscriberEnd) return 0;
    hash.of(bytes, fields.subscriberStart, fields.subscriberEnd);
    return hash.low === 0 ? 1 : hash.low;
  }

  private refuse(fault: LineFault, ...[bytes, start, end]: [Uint8Array, number, number]): void {
    this.malformed++;
    this.firstMalformed ??= { line: this.lines, fault, text: textOf(bytes, start, end, shownBytesMax) };
  }
}

function nextQuote(bytes: Uint8Array, from: number): number {
  const found = bytes.indexOf(quote, from);
  return found < 0 ? Infinity : found;
}

function isHeader(bytes: Uint8Array, start: number, end: number, hasLive: boolean): boolean {
  const header = hasLive ? liveHeader : traceHeader;
  return end - start === header.length && textOf(bytes, start, end, header.length) === header;
}

function textOf(bytes: Uint8Array, start: number, end: number, bytesMax: number): string {
  return String.fromCharCode(...bytes.subarray(start, Math.min(end, start + bytesMax)));
}
