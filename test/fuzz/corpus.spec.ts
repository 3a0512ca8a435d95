import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FuzzTarget } from './target';

interface TargetModule {
  readonly target: FuzzTarget;
}

const names = readdirSync(__dirname)
  .filter((file) => file.endsWith('.target.ts'))
  .map((file) => file.replace('.target.ts', ''));

/** What `npm run fuzz` wrote: one input a line, in hex. */
function corpusOf(name: string): string[] {
  return [`${name}.regressions.hex`, `${name}.hex`].flatMap((file) =>
    readFileSync(join(__dirname, 'corpus', file), 'utf8')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#')),
  );
}

it.each(names)('%s: keeps its promises for every input of the corpus', (name) => {
  const { target } = jest.requireActual<TargetModule>(join(__dirname, `${name}.target.ts`));
  const broken = corpusOf(name).flatMap((hex) => {
    try {
      target.run(new Uint8Array(Buffer.from(hex, 'hex')));
      return [];
    } catch (error) {
      return [`${hex}: ${String(error)}`];
    }
  });
  expect(broken).toEqual([]);
});

it.each(names)('%s: has a corpus that gets somewhere', (name) => {
  expect(corpusOf(name).length).toBeGreaterThan(20);
});
