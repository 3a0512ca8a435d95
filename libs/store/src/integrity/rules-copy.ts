import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { decodeRule, type RuleRow } from '../rules/codec';
import type { RuleChange } from '../rules/rule';
import { extendFile, readSealedLine, replaceFile, sealedLine } from './sealed-file';

/** Beside the data file. */
const fileName = 'rules.json';

/** The first line: a file in which nothing is laid down differs by it from one that was emptied. */
const head = sealedLine([]);

/** What the file may grow by before it is written anew, whatever its size, in bytes: a few rules are not worth it. */
const growthBytes = 65_536;

/** What is found in the file. */
export interface KeptRules {
  readonly rules: readonly RuleChange[];
  /** Lines that are not what was written: what they laid down or removed is not known. */
  readonly brokenLines: number;
}

/**
 * The operator's rules a second time, in a file of their own: content can be fetched again, and what an operator laid down
 * cannot. The store begins anew with them when its own are lost.
 *
 * Each line is a row of the table of rules, sealed: key and value in base64, or a key alone whose row is removed. A later line
 * takes the place of an earlier one with the same key. A last line without an end was being written when the process ended, and
 * was never answered.
 */
export class RulesCopy {
  private readonly file: string;
  /** How long the file is; undefined if what it holds is not known to be right. */
  private bytes: number | undefined;
  /** How long it was when it was written anew. */
  private bytesWhenNew = 0;

  constructor(directory: string) {
    this.file = join(directory, fileName);
  }

  /**
   * Keeps rows that were changed, in the order of the changes; on disk when it returns. Where the file has grown to more than twice
   * what it need be, or is not as it was left, it is written anew with `all` rows. Throws what the file system does: then it is
   * written anew the next time.
   */
  add(changed: readonly RuleRow[], all: () => Iterable<RuleRow>): void {
    const lines = changed.map(lineOf).join('');
    const { bytes } = this;
    this.bytes = undefined;
    if (bytes === undefined || !this.mayGrow(bytes, lines.length)) {
      this.keep(all());
    } else {
      extendFile(this.file, lines);
      this.bytes = bytes + lines.length;
    }
  }

  /**
   * Brings the file up to date with all rows, a line for each; made even where there are none, so that a file which is not there was
   * lost. Throws what the file system does.
   */
  renew(rows: readonly RuleRow[]): void {
    const found = this.found();
    if (found !== undefined && isExactly(found, rows)) this.mark();
    else this.keep(rows);
  }

  /** What is kept; undefined if nothing is, or no line is what was written. */
  read(): KeptRules | undefined {
    const found = this.found();
    if (found === undefined || found.lines === found.brokenLines) return undefined;
    let { brokenLines } = found;
    const rules: RuleChange[] = [];
    for (const [key, value] of found.rows) {
      try {
        rules.push(decodeRule(Buffer.from(key, 'base64'), Buffer.from(value, 'base64')));
      } catch {
        brokenLines++;
      }
    }
    return { rules, brokenLines };
  }

  private keep(rows: Iterable<RuleRow>): void {
    this.bytes = undefined;
    replaceFile(this.file, head + Array.from(rows, lineOf).join(''));
    this.mark();
  }

  private mark(): void {
    this.bytes = statSync(this.file).size;
    this.bytesWhenNew = this.bytes;
  }

  /** Somebody else may have removed or cut the file: what is added to that would be half a copy. */
  private mayGrow(bytes: number, by: number): boolean {
    const isSmall = bytes + by <= 2 * this.bytesWhenNew + growthBytes;
    return isSmall && statSync(this.file, { throwIfNoEntry: false })?.size === bytes;
  }

  private found(): Found | undefined {
    try {
      const lines = readFileSync(this.file, 'utf8').split('\n');
      const isTorn = lines.pop() !== '';
      return { ...rowsIn(lines), lines: lines.length, isTorn };
    } catch {
      return undefined;
    }
  }
}

interface Found {
  /** By their keys. */
  readonly rows: ReadonlyMap<string, string>;
  readonly lines: number;
  readonly brokenLines: number;
  /** The last line has no end. */
  readonly isTorn: boolean;
}

function rowsIn(lines: readonly string[]): Pick<Found, 'rows' | 'brokenLines'> {
  const rows = new Map<string, string>();
  let brokenLines = 0;
  for (const line of lines) {
    const row = readSealedLine(line);
    const [key, value] = Array.isArray(row) ? row.map(String) : [];
    if (!Array.isArray(row)) brokenLines++;
    else if (value !== undefined) rows.set(key ?? '', value);
    else if (key !== undefined) rows.delete(key);
  }
  return { rows, brokenLines };
}

/** Whether what was found is these rows and no more, in as few lines as there can be. */
function isExactly({ rows: kept, lines, brokenLines, isTorn }: Found, rows: readonly RuleRow[]): boolean {
  const isShort = brokenLines === 0 && !isTorn && lines === rows.length + 1 && kept.size === rows.length;
  return isShort && rows.every(({ key, value }) => kept.get(key.toString('base64')) === value?.toString('base64'));
}

function lineOf({ key, value }: RuleRow): string {
  const row = value === undefined ? [key] : [key, value];
  return sealedLine(row.map((bytes) => bytes.toString('base64')));
}
