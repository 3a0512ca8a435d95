import { databaseNames, decodeCount, formatVersion, metaKeys, upgradableVersions } from '../keys';
import type { Page } from './page';
import { overflowOf } from './page-fault';
import { node } from './page-layout';

/** Databases of each format that we know. */
const known = Object.values(databaseNames);
const knownToFirst = known.filter((name) => name !== databaseNames.policy && name !== databaseNames.rules);

/** What a file says of its format, to tell whether it lacks databases: LMDB would make them anew, empty, without a word. */
export class FormatReader {
  private readonly versions: (number | undefined)[] = [];

  /** Hears of an entry of `meta`. */
  note(page: Page, at: number): void {
    const key = page.bytes.subarray(at + node.key, page.valueAt(at));
    const isFormat = [metaKeys.format, metaKeys.formatCopy].some((one) => one.equals(key));
    if (!isFormat || overflowOf(page, at) !== undefined) return;
    const value = page.bytes.slice(page.valueAt(at), page.valueAt(at) + page.valueBytes(at));
    this.versions.push(decodeCount(Buffer.from(key), value));
  }

  /**
   * Whether databases are missing of those that a file of this format has, or what says the format is itself not what was written. One
   * that is only just being made says no format yet, and one of a format that we do not know may have others.
   */
  lacks(names: readonly string[]): boolean {
    if (!names.includes(databaseNames.meta)) return names.length > 0;
    if (this.versions.length === 0) return false;
    const version = this.versions.find((one) => one !== undefined);
    const isFirst = version !== undefined && upgradableVersions.includes(version);
    const expected = version === formatVersion ? known : isFirst ? knownToFirst : [];
    return version === undefined || expected.some((name) => !names.includes(name));
  }
}
