import { parseBytes, type Parsed } from '@weir/config';
import { read } from '../options/parse';
import { UsageError } from '../errors';
import { namedMax } from '../limits';

/** Bytes as an operator names them: as such, or as percent of something. */
export type Amount = { readonly bytes: number } | { readonly percent: number };

const percentMax = 10_000;

/** The capacities of a list, each in bytes or in percent of the unique bytes of a trace. Throws a `UsageError`. */
export function readCapacities(text: string): readonly Amount[] {
  return listOf('--capacity', text).map((item) => read('--capacity', item, parseCapacity));
}

/** How many bytes that is, where percent are of `whole`. */
export function bytesOf(amount: Amount, whole: number): number {
  return 'bytes' in amount ? amount.bytes : Math.round((whole * amount.percent) / 100);
}

/** A percentage, from 0 up to but not `below`, as a share. */
export function parsePercent(text: string, below: number): Parsed<number> {
  const percent = percentOf(text.endsWith('%') ? text : `${text}%`);
  if (percent >= 0 && percent < below) return { value: percent / 100 };
  return { remedy: `write a percentage from 0 to below ${below}, such as 10%` };
}

/** Bytes, or a percentage. */
export function parseAmount(text: string): Parsed<Amount> {
  const percent = percentOf(text);
  if (percent <= percentMax) return { value: { percent } };
  const parsed = parseBytes(text);
  return 'value' in parsed ? { value: { bytes: parsed.value } } : { remedy: 'write bytes, such as 256MiB, or 10%' };
}

/** A percentage above 0, 100 at most, as a share. */
export function parseShare(text: string): Parsed<number> {
  const percent = percentOf(text.endsWith('%') ? text : `${text}%`);
  return percent > 0 && percent <= 100
    ? { value: percent / 100 }
    : { remedy: 'write a percentage up to 100, such as 25%' };
}

/** What commas separate, each once. Throws a `UsageError` for too many. */
export function listOf(flag: string, text: string): readonly string[] {
  const items = [...new Set(text.split(',').map((item) => item.trim()))];
  if (items.length > namedMax) throw new UsageError(`${flag}: name ${namedMax} at most`);
  return items;
}

function parseCapacity(text: string): Parsed<Amount> {
  const parsed = parseAmount(text);
  if ('value' in parsed && bytesOf(parsed.value, 1e15) > 0) return parsed;
  return { remedy: 'write bytes, such as 10GiB, or percent of the unique bytes, such as 5%, separated by commas' };
}

function percentOf(text: string): number {
  const [, digits] = /^(\d{1,9}(?:\.\d{1,9})?) ?%$/.exec(text) ?? [];
  return digits === undefined ? NaN : Number(digits);
}
