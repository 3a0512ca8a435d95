import type { Parsed } from './parsed';

const remedy = 'write whole bytes or a number with a unit, such as 10GiB or 500MB';

const unitBytes: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['B', 1],
  ...['k', 'M', 'G', 'T', 'P'].flatMap((prefix, index): [string, number][] => [
    [`${prefix}B`, 1000 ** (index + 1)],
    [`${prefix.toUpperCase()}iB`, 1024 ** (index + 1)],
  ]),
  ['KB', 1000],
]);

/** Reads an amount of bytes: `1048576`, `10GiB`, `1.5 TB`. GiB counts by 1024, GB by 1000. The result is whole. */
export function parseBytes(text: string): Parsed<number> {
  const [, digits, unit = ''] = /^(\d+(?:\.\d+)?) ?([A-Za-z]*)$/.exec(text.trim()) ?? [];
  const scale = unitBytes.get(unit);
  const value = digits === undefined || scale === undefined ? NaN : Number(digits) * scale;
  return Number.isSafeInteger(value) ? { value } : { remedy };
}
