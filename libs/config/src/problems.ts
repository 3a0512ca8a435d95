import { type z } from 'zod';
import type { SettingTable } from './setting-table';
import { noSuch, type Source } from './sources';
import { isTree, valueAt, type Tree } from './tree';

/** A value of an operator's stands in a message up to this length: a slip is seen at its start. */
const shownLengthMax = 80;

/** What was read, from where, and what there is to be read. */
export interface Told {
  readonly merged: Tree;
  readonly sources: readonly Source[];
  readonly table: SettingTable;
}

/** All that is wrong with the merged tree, a line each: key, value, where it was written, and what to write instead. */
export function problemsOf(issues: readonly z.core.$ZodIssue[], told: Told): string[] {
  return issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((key) => unknownKey([...issue.path, key], told.table));
    return [refusedValue(issue, told)];
  });
}

function placesIn({ settings, entryKeys }: SettingTable): readonly string[] {
  return [...new Set(settings.flatMap(({ key }) => [key, key.split('.')[0] ?? ''])), ...entryKeys];
}

function unknownKey(path: readonly PropertyKey[], table: SettingTable): string {
  const places = placesIn(table);
  const key = keyOf(path);
  const last = String(path.at(-1));
  const misplaced = places.find((place) => place !== last && place.endsWith(`.${last}`));
  if (misplaced !== undefined) return `${key}: no such setting; did you mean ${misplaced}?`;
  return noSuch(key, places);
}

function refusedValue(issue: z.core.$ZodIssue, { merged, sources, table }: Told): string {
  const value = valueAt(merged, issue.path);
  // What is missing in an entry of a list was left out by whoever wrote the entry.
  const written = value === undefined ? issue.path.slice(0, -1) : issue.path;
  const source = sources.findLast(({ tree }) => valueAt(tree, written) !== undefined);
  const setting = table.settings.find(({ key }) => key === issue.path.slice(0, key.split('.').length).join('.'));
  const remedy =
    issue.code === 'invalid_type' && issue.expected === 'object' ? sectionRemedy(issue.path, table) : issue.message;
  const origin = source?.nameOf(setting?.key ?? '') ?? 'default';
  return `${keyOf(issue.path)} = ${shown(value)} (${origin}): ${remedy}`;
}

function sectionRemedy(path: readonly PropertyKey[], { settings }: SettingTable): string {
  const [section] = path;
  const keys = settings.map(({ key }) => key).filter((key) => key.startsWith(`${String(section)}.`));
  return keys.length === 0 ? 'write `url: URL`' : `write its keys below it: ${keys.join(', ')}`;
}

/** `trackers[0].url` of `['trackers', 0, 'url']`. */
function keyOf(path: readonly PropertyKey[]): string {
  const steps = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`));
  return steps.join('').replace(/^\./, '');
}

/** A value as an operator wrote it, short, and without the password of a URL. Of what has parts, only the kind. */
function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'object' && value !== null) return isTree(value) ? '{…}' : '[…]';
  const safe = JSON.stringify(value).replace(/\/\/[^/@\s"]*@/g, '//***@');
  return safe.length <= shownLengthMax ? safe : `${safe.slice(0, shownLengthMax)}…`;
}
