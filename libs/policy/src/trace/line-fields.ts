import { nameBytesMax, objectBytesMax } from './limits';

/** What can be wrong with a line. */
export type LineFault = 'header' | 'fields' | 'quotes' | 'time' | 'object' | 'bytes' | 'subscriber' | 'live' | 'length';

const comma = 0x2c;
const dot = 0x2e;
const zero = 0x30;
const one = 0x31;
const nine = 0x39;

/** Where the fields of a line are, and what the numbers among them say. Read again and again into one object. */
export class LineFields {
  objectStart = 0;
  objectEnd = 0;
  subscriberStart = 0;
  subscriberEnd = 0;
  bytes = 0;
  live = false;

  /** Reads `line` from `start` up to, but not, `end`. `hasLive`: there is a fifth field. */
  read(line: Uint8Array, start: number, end: number, hasLive: boolean): LineFault | undefined {
    const timeEnd = fieldEnd(line, start, end);
    this.objectStart = timeEnd + 1;
    this.objectEnd = fieldEnd(line, timeEnd + 1, end);
    const bytesEnd = fieldEnd(line, this.objectEnd + 1, end);
    this.subscriberStart = bytesEnd + 1;
    this.subscriberEnd = fieldEnd(line, bytesEnd + 1, end);
    const lastEnd = hasLive ? fieldEnd(line, this.subscriberEnd + 1, end) : this.subscriberEnd;
    if (lastEnd !== end) return 'fields';
    if (!isTime(line, start, timeEnd)) return 'time';
    if (!isName(this.objectEnd - this.objectStart)) return 'object';
    this.bytes = wholeNumber(line, this.objectEnd + 1, bytesEnd);
    if (this.bytes === 0) return 'bytes';
    if (this.subscriberEnd - this.subscriberStart > nameBytesMax) return 'subscriber';
    return hasLive ? this.readLive(line, this.subscriberEnd + 1, lastEnd) : undefined;
  }

  private readLive(line: Uint8Array, start: number, end: number): LineFault | undefined {
    const first = line[start];
    this.live = first === one;
    if (end === start) this.live = false;
    else if (end !== start + 1 || (first !== zero && first !== one)) return 'live';
    return undefined;
  }
}

/** The next comma, or the line's end; beyond it by one where there is no such field. */
function fieldEnd(line: Uint8Array, start: number, end: number): number {
  if (start > end) return end + 1;
  let at = start;
  while (at < end && line[at] !== comma) at++;
  return at;
}

function isName(length: number): boolean {
  return length > 0 && length <= nameBytesMax;
}

/** Seconds; how they count does not matter to any policy. Signs and exponents are rare, and read the slow way. */
function isTime(line: Uint8Array, start: number, end: number): boolean {
  let dots = 0;
  for (let at = start; at < end; at++) {
    const character = line[at] ?? 0;
    if (character === dot) dots++;
    else if (character < zero || character > nine) return isNumber(line, start, end);
  }
  return dots < 2 && end - start > dots;
}

function isNumber(line: Uint8Array, start: number, end: number): boolean {
  const text = String.fromCharCode(...line.subarray(start, Math.min(end, start + nameBytesMax)));
  return /^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i.test(text);
}

/** From 1 to `objectBytesMax`; 0 for anything else. */
function wholeNumber(line: Uint8Array, start: number, end: number): number {
  let value = 0;
  for (let at = start; at < end; at++) {
    const digit = (line[at] ?? 0) - zero;
    if (digit < 0 || digit > 9) return 0;
    value = value * 10 + digit;
    if (value > objectBytesMax) return 0;
  }
  return value;
}
