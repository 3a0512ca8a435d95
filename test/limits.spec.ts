import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(__dirname, '..');
const page = readFileSync(join(root, 'docs/limits.md'), 'utf8').replace(/ +/g, ' ');

interface Bound {
  readonly name: string;
  readonly value: number;
}

/** Where bounds live: `limits.ts` of each lib, and of a lib's folder where it has one. */
const files = readdirSync(join(root, 'libs'), { recursive: true, encoding: 'utf8' })
  .filter((name) => /(?:^|\/)limits\.ts$/.test(name))
  .map((name) => `libs/${name}`)
  .sort();

interface Exports {
  readonly limits?: object;
  readonly [name: string]: unknown;
}

/** Numbers that a file exports, on their own or in its `limits`. */
function boundsOf(file: string): Bound[] {
  const { limits = {}, ...alone } = jest.requireActual<Exports>(join(root, file));
  return Object.entries({ ...alone, ...limits }).flatMap(([name, value]) =>
    typeof value === 'number' ? [{ name, value }] : [],
  );
}

/** What stands below a file's heading. */
function chapterOf(file: string): string {
  const [, after = ''] = page.split(`\n## \`${file}\`\n`);
  return after.split('\n## ')[0] ?? '';
}

/** `10,000,000`, which people can read. */
function shown(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 20 });
}

describe.each(files)('the bounds of %s', (file) => {
  it('stand in docs/limits.md with their values', () => {
    const rows = boundsOf(file).map(({ name, value }) => `| \`${name}\` | ${shown(value)} |`);
    expect(rows.filter((row) => !chapterOf(file).includes(row))).toEqual([]);
  });

  it('are all that is documented', () => {
    const documented = chapterOf(file).match(/(?<=^\| `)\w+(?=`)/gm) ?? [];
    expect([...documented].sort()).toEqual(
      boundsOf(file)
        .map(({ name }) => name)
        .sort(),
    );
  });
});

it('documents no file that is gone', () => {
  const headings = page.match(/(?<=^## `)[^`]+limits\.ts(?=`)/gm) ?? [];
  expect([...headings].sort()).toEqual(files);
});
