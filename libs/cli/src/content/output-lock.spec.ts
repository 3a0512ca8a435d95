import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { temporaryFolder } from './content.testing';
import { OutputLock } from './output-lock';

const folder = temporaryFolder();

/** The number of a process that has ended. */
async function endedProcess(): Promise<number> {
  const child = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
  await once(child, 'exit');
  return child.pid ?? 0;
}

it('is one for each output, and can be had again when it was given back', async () => {
  const output = folder.path('one');
  const lock = await OutputLock.take(output);
  const remedy = `being written to by process ${process.pid}; wait for it, or choose another --out`;
  const expected = { code: 'OUTPUT_BUSY', message: expect.stringContaining(remedy) };
  await expect(OutputLock.take(output)).rejects.toMatchObject(expected);
  await (await OutputLock.take(folder.path('other'))).release();
  await lock.release();
  await (await OutputLock.take(output)).release();
});

it('of another process that lives is respected', async () => {
  writeFileSync(folder.path('theirs.weir.lock'), `${process.ppid}\n`);
  await expect(OutputLock.take(folder.path('theirs'))).rejects.toMatchObject({ code: 'OUTPUT_BUSY' });
  expect(existsSync(folder.path('theirs.weir.lock'))).toBe(true);
});

it('that a process left when it was killed counts for nothing', async () => {
  const output = folder.path('left');
  for (const text of [`${await endedProcess()}\n`, `${process.pid}\n`, '', 'x']) {
    writeFileSync(`${output}.weir.lock`, text);
    await (await OutputLock.take(output)).release();
  }
  expect(readdirSync(dirname(output)).filter((name) => name.startsWith('left'))).toEqual([]);
});

it('needs a folder that can be written to', async () => {
  await expect(OutputLock.take(folder.path('none/x'))).rejects.toMatchObject({ code: 'OUTPUT_UNWRITABLE' });
});
