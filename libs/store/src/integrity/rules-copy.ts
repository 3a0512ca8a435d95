import { join } from 'node:path';
import { decodeRule, encodeRule } from '../rules/codec';
import type { RuleChange } from '../rules/rule';
import { readSealedFile, writeSealedFile } from './sealed-file';

/** Beside the data file. */
const fileName = 'rules.json';

/**
 * The operator's rules a second time, in a file of their own: content can be fetched again, and what an operator laid down
 * cannot. The store begins anew with them when its own are lost.
 */
export class RulesCopy {
  private readonly file: string;

  constructor(directory: string) {
    this.file = join(directory, fileName);
  }

  /** Keeps all rules; on disk when it returns. Throws what the file system does. */
  keep(rules: Iterable<RuleChange>): void {
    const rows = [...rules].map((rule) => {
      const { key, value } = encodeRule(rule);
      return [key.toString('base64'), value?.toString('base64')];
    });
    writeSealedFile(this.file, { rows });
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

function ruleOf(row: unknown): RuleChange {
  const [key, value] = Array.isArray(row) ? row.map(String) : [];
  return decodeRule(Buffer.from(key ?? '', 'base64'), Buffer.from(value ?? '', 'base64'));
}
