import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { problemStatuses } from '@weir/admin';
import { trackerProblemStatuses } from '@weir/tracker';

const root = resolve(__dirname, '..');

interface Documented {
  readonly code: string;
  readonly lib: string;
  readonly http: string;
  readonly meaning: string;
  readonly remedy: string;
}

const rows = readFileSync(join(root, 'docs/errors.md'), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .map((line): Documented => {
    const [, code = '', lib = '', http = '', meaning = '', remedy = ''] = line.split('|').map((cell) => cell.trim());
    return { code: code.replaceAll('`', ''), lib, http, meaning, remedy };
  });

/** What ships of every lib, by the lib's name. */
const sources = readdirSync(join(root, 'libs'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && !/\.(?:spec|contract|testing)\.ts$/.test(name))
  .map((name) => ({ lib: name.split(/[/\\]/)[0] ?? '', text: readFileSync(join(root, 'libs', name), 'utf8') }));

const literals = (text: string): string[] => text.match(/(?<=')[A-Z_]+(?=')/g) ?? [];

/** Unions of codes, as `export type StoreErrorCode = 'STORE_FULL' | 'STORE_CLOSED';`. */
const unions = sources.flatMap(({ lib, text }) =>
  [...text.matchAll(/export type (\w+(?:Error|Problem)Code) =([^;]*);/g)].map(([, name = '', body = '']) => {
    return { lib, name, codes: literals(body) };
  }),
);

/** What errors are told to have as their code: a union's name, or the code itself. */
const errors = sources.flatMap(({ lib, text }) =>
  [...text.matchAll(/extends CacheError<([^>]*)>/g)].map(([, code = '']) => ({ lib, code })),
);

const inSources = [
  ...unions.flatMap(({ lib, codes }) => codes.map((code) => `${code} ${lib}`)),
  ...errors.flatMap(({ lib, code }) => literals(code).map((literal) => `${literal} ${lib}`)),
];

it('finds the codes of every error', () => {
  const names = new Set(unions.map(({ name }) => name));
  expect(errors.length).toBeGreaterThan(8);
  for (const { code } of errors) expect(literals(code).length > 0 || names.has(code) ? '' : code).toBe('');
  for (const { name, codes } of unions) expect(codes.length > 0 ? '' : name).toBe('');
});

it('documents every code once, with its lib, and none that is gone', () => {
  expect(rows.map(({ code, lib }) => `${code} ${lib}`).sort()).toEqual([...inSources].sort());
});

it('gives no two errors one code', () => {
  const codes = inSources.map((entry) => entry.split(' ')[0]);
  expect(new Set(codes).size).toBe(codes.length);
});

it('has no code that nothing throws', () => {
  const all = sources.map(({ text }) => text).join('\n');
  const named = inSources.map((entry) => entry.split(' ')[0] ?? '');
  expect(named.filter((code) => all.split(`'${code}'`).length < 3)).toEqual([]);
});

it.each(rows)('$code says what happened and what to do', ({ meaning, remedy }) => {
  expect(meaning).toMatch(/^[A-Z`].*\.$/);
  expect(remedy).toMatch(/^[A-Z`].*\.$/);
});

it.each(rows)('$code has the status that the admin API answers with', ({ code, lib, http }) => {
  const status = problemStatuses[code] ?? trackerProblemStatuses[code];
  if (status !== undefined) expect(http).toBe(String(status));
  else if (lib !== 'rest') expect(http).toBe('');
  else expect(http).toMatch(/^[45](?:\d\d|xx)$/);
});
