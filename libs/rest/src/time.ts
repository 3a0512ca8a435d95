import { z } from 'zod';

/** A member of a view: a time, or null while there is none. */
export function time(description: string) {
  return z.string().meta({ format: 'date-time' }).nullable().describe(description);
}

/** Its value, of Unix milliseconds. */
export function timeOf(millis: number | undefined): string | null {
  return millis === undefined ? null : new Date(millis).toISOString();
}
