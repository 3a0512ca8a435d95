import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { StoreLock } from './store-lock';

const directory = mkdtempSync(join(tmpdir(), 'weir-lock-'));
const hook = resolve(__dirname, '../../../ops/typescript.cjs');

afterAll(() => rmSync(directory, { recursive: true }));

/** A process that has the lock, until it is killed. */
async function owner(): Promise<ReturnType<typeof spawn>> {
  const script = `
    const { StoreLock } = require(${JSON.stringify(join(__dirname, 'store-lock.ts'))});
    StoreLock.take(${JSON.stringify(directory)});
    process.stdout.write('taken');
    setInterval(() => undefined, 1_000);`;
  const child = spawn(process.execPath, ['-r', hook, '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  return child;
}

it("is one at a time for each directory, also within one process, and can be had again when it's given back", () => {
  const lock = StoreLock.take(directory);
  const remedy = `The store in ${directory} is in use by process ${process.pid}. Stop that one`;
  expect(() => StoreLock.take(directory)).toThrow(remedy);
  lock.release();
  StoreLock.take(directory).release();
});

it('is respected by other processes, and goes with its owner however that ends', async () => {
  const child = await owner();
  const exited = once(child, 'exit');
  const refusal = refusalOf(directory);
  child.kill('SIGKILL');
  await exited;
  expect(refusal).toMatchObject({ code: 'STORE_LOCKED', details: { owner: String(child.pid) } });
  StoreLock.take(directory).release();
});

it('needs a directory that can be written to', () => {
  expect(refusalOf(join(directory, 'missing'))).toMatchObject({ code: 'STORE_FAILED' });
});

function refusalOf(path: string): unknown {
  try {
    StoreLock.take(path).release();
    return undefined;
  } catch (error) {
    return error;
  }
}
