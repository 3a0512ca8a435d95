import { join, relative, resolve } from 'node:path';

const root = resolve(__dirname, '../../..');

/** The compiled file of one of this lib's workers. Run from source, as tests are, it is the one that the last build left. */
export function workerFile(name: string): string {
  const file = join(__dirname, `${name}.worker.js`);
  return __filename.endsWith('.js') ? file : join(root, 'dist', relative(root, file));
}
