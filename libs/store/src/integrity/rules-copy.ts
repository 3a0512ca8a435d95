import { join } from 'node:path';
import { decodeRule } from '../rules/codec';
import type { RuleChange } from '../rules/rule';
import { readSealedFile, writeSealedFile } from './sealed-file';

/** Beside the data file. */
const fileName = 'rules.json';

/** A row of the table of rules. */
interface Row {
  readonly key: Buffer;
  readonly value: Buffer;
}

/**
 * The operator's rules a second time, in a file of their own: content can be fetched again, and what an operator laid down
 * cannot. The store begins anew with them when its own are lost.
 */
export class RulesCopy {
  private readonly file: string;

  constructor(directory: string) {
    this.file = join(directory, fileName);
  }

  /** Keeps all rows of the table of rules, as they are; on disk when it returns. Throws what the file system does. */
  keep(rows: Iterable<Row>): void {
    writeSealedFile(this.file, contentOf(rows));
  }

  /** Whether these rows are what was kept last; where nothing was, none are. */
  isOf(rows: Iterable<Row>): boolean {
    const content = readSealedFile(this.file) ?? contentOf([]);
    return JSON.stringify(content) === JSON.stringify(contentOf(rows));
  }

  /** What was kept last; undefined if nothing was, or it is not what was kept. */
  read(): RuleChange[] | undefined {
    const content = readSealedFile(this.file);
    if (typeof content !== 'object' || content === null || !('rows' in content)) return undefined;
    try {
      return Array.isArray(content.rows) ? content.rows.map(ruleOf) : undefined;
    } catch {
      return undefined;
    }
  }
}

function contentOf(rows: Iterable<Row>): { readonly rows: readonly (readonly string[])[] } {
  return { rows: Array.from(rows, ({ key, value }) => [key.toString('base64'), value.toString('base64')]) };
}

function ruleOf(row: unknown): RuleChange {
  const [key, value] = Array.isArray(row) ? row.map(String) : [];
  return decodeRule(Buffer.from(key ?? '', 'base64'), Buffer.from(value ?? '', 'base64'));
}
