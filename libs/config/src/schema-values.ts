import { z } from 'zod';
import { parseAsn } from './autonomous-system';
import { parseBitRate } from './bit-rate';
import { parseBytes } from './bytes';
import { type Parsed } from './parsed';

/** A string; what else is written meets with the remedy. */
export const text = (remedy: string) => z.string({ error: remedy });

/** A string that `parse` understands. */
export function parsed<T>(parse: (text: string) => Parsed<T>) {
  const remedyOf = (outcome: Parsed<T>) => ('remedy' in outcome ? outcome.remedy : '');
  return text(remedyOf(parse(''))).transform((written, context) => {
    const outcome = parse(written);
    if ('value' in outcome) return outcome.value;
    context.addIssue({ code: 'custom', message: outcome.remedy });
    return z.NEVER;
  });
}

/** A list of at most `max` items. */
export function list<T extends z.ZodType>(item: T, max: number) {
  return z.array(item, { error: 'write a list' }).max(max, { error: `name at most ${max}` });
}

/** A whole number, both bounds included. */
export function whole(least: number, most: number) {
  const error = `write a number from ${least} to ${most}`;
  return z.int({ error }).min(least, { error }).max(most, { error });
}

/** Bytes, with a unit or without. */
export const bytes = z
  .union([z.string(), z.number().transform(String)], { error: 'write bytes, such as 10GiB' })
  .pipe(parsed(parseBytes));

/** The number of an autonomous system, with `AS` before it or without. */
export const autonomousSystem = z
  .union([z.string(), z.number().transform(String)], {
    error: 'write the number of an autonomous system, such as 64500',
  })
  .pipe(parsed(parseAsn));

/** A rate that `parse` understands, as text or as a number. */
export function rateOf<T>(parse: (text: string) => Parsed<T>) {
  const outcome = parse('');
  const error = 'remedy' in outcome ? outcome.remedy : '';
  return z.union([z.string(), z.number().transform(String)], { error }).pipe(parsed(parse));
}

/** Bits for each second, with a unit or without. */
export const bitRate = z
  .union([z.string(), z.number().transform(String)], { error: 'write bits for each second, such as 10Gbit' })
  .pipe(parsed(parseBitRate));
