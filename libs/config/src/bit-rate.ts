import type { Parsed } from './parsed';

const remedy = 'write bits for each second, such as 10000000000 or 10Gbit';

const scales: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['k', 1e3],
  ['M', 1e6],
  ['G', 1e9],
  ['T', 1e12],
]);

/** Reads bits for each second: `1000000`, `10Gbit`, `2.5 Gbit/s`. The result is whole. */
export function parseBitRate(text: string): Parsed<number> {
  const [, digits, unit = ''] = /^(\d+(?:\.\d+)?)(?: ?([kMGT]?)bit(?:\/s)?)?$/.exec(text.trim()) ?? [];
  const scale = scales.get(unit);
  const value = digits === undefined || scale === undefined ? NaN : Math.round(Number(digits) * scale);
  return Number.isSafeInteger(value) ? { value } : { remedy };
}
