import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { execPath } from 'node:process';

const program = resolve(__dirname, '../../../../dist/libs/intercept/src/probe/program.js');

/** This runs the compiled program: build first. */
it('a program of a test ends when whoever started it is gone', async () => {
  const child = spawn(execPath, [program, 'hear', '0.0.0.0', '0'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  const [line] = await once(child.stdout, 'data');
  expect(JSON.parse(String(line))).toMatchObject({ kind: 'ready' });
  child.stdin.end();
  expect(await ended).toEqual([0, null]);
});
