import { lineBytesMax } from './limits';

const quote = 0x22;
const comma = 0x2c;
/** Stands for a comma between quotes: no line has it, so that names stay apart. */
const newline = 0x0a;

/**
 * A line whose fields may stand in double quotes, which double quotes of their own are doubled in (RFC 4180 section 2), as one
 * without: what is between quotes has line ends where it had commas. Where a field does not begin with a quote, quotes mean nothing.
 */
export class QuotedLine {
  readonly bytes = new Uint8Array(lineBytesMax);
  length = 0;

  /** Reads `line` from `start` up to, but not, `end`, `lineBytesMax` at most; false where quotes make no sense. */
  read(line: Uint8Array, start: number, end: number): boolean {
    this.length = 0;
    let at = start;
    while (at < end) {
      at = line[at] === quote ? this.quoted(line, at + 1, end) : this.plain(line, at, end);
      if (at < 0) return false;
      if (at < end) this.add(comma);
      at++;
    }
    // A comma at the end has an empty field behind it, which is there already.
    return true;
  }

  /** Takes a field up to the comma behind it. */
  private plain(line: Uint8Array, start: number, end: number): number {
    let at = start;
    while (at < end && line[at] !== comma) this.add(line[at++] ?? 0);
    return at;
  }

  /** As `plain`, behind the quote that opens a field; -1 where it is not closed, or something else follows it. */
  private quoted(line: Uint8Array, start: number, end: number): number {
    for (let at = start; at < end; at++) {
      const byte = line[at] ?? 0;
      if (byte !== quote) this.add(byte === comma ? newline : byte);
      else if (line[at + 1] === quote && at + 1 < end) this.add(line[++at] ?? 0);
      else return at + 1 === end || line[at + 1] === comma ? at + 1 : -1;
    }
    return -1;
  }

  private add(byte: number): void {
    this.bytes[this.length++] = byte;
  }
}
