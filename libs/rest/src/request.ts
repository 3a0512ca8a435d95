import type { z } from 'zod';
import { type InvalidValue, RequestError } from './errors';
import { limits } from './limits';

/** What Nest's `@Body`, `@Query` and `@Param` take: the schema documents, the pipe enforces it. */
export function checked<Schema extends z.ZodType>(schema: Schema, name?: string) {
  return { schema, pipes: [{ transform: (value: unknown) => readRequest(schema, value, name) }] };
}

/**
 * What the schema makes of a request. Throws `REQUEST_INVALID`, which names every value that cannot be used. `name` is
 * that of the value itself, where it is no object with keys.
 */
export function readRequest<Schema extends z.ZodType>(schema: Schema, value: unknown, name = 'body'): z.output<Schema> {
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  const errors = read.error.issues.flatMap((issue) => invalidValues(issue, value, name));
  const lines = errors.map((error) => `${error.key} = ${error.value ?? 'nothing'}: ${error.remedy}`);
  throw new RequestError(lines.join('; '), { errors });
}

function invalidValues(issue: z.core.$ZodIssue, request: unknown, name: string): InvalidValue[] {
  const { path, message: remedy } = issue;
  const keys = issue.code === 'unrecognized_keys' ? issue.keys.slice(0, unknownKeysMax) : [];
  const paths = keys.length > 0 ? keys.map((key) => [...path, key]) : [path];
  return paths.map((at) => ({ key: keyOf(at, name), value: shown(valueAt(request, at)), remedy }));
}

/** A body may have thousands of keys that we do not know: the first tell enough. */
const unknownKeysMax = 8;

/** `peers[0]` of `['peers', 0]`. */
function keyOf(path: readonly PropertyKey[], name: string): string {
  if (path.length === 0) return name;
  const steps = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`));
  return short(steps.join('').replace(/^\./, ''));
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((part, step) => {
    if (typeof part !== 'object' || part === null || !Object.hasOwn(part, step)) return undefined;
    return Reflect.get(part, step);
  }, value);
}

/** A value as it was written, short, and without the password of a URL. Of what has parts, only the kind. */
function shown(value: unknown): string | null {
  if (value === undefined) return null;
  if (Array.isArray(value)) return '[…]';
  if (typeof value === 'object' && value !== null) return '{…}';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return short(text.replace(/\/\/[^/@\s]*@/g, '//***@'));
}

function short(text: string): string {
  return text.length <= limits.shownCharsMax ? text : `${text.slice(0, limits.shownCharsMax)}…`;
}
