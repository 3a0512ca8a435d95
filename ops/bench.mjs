// `npm run bench`: each benchmark in a process of its own, on the compiled output. Arguments select by name.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { argv, execPath, exit, stdout } from 'node:process';
import { root, setUp } from './setup.mjs';

const folder = join(root, 'test/bench');
const wanted = argv.slice(2);
const benches = (existsSync(folder) ? readdirSync(folder) : [])
  .filter((name) => name.endsWith('.bench.mjs'))
  .filter((name) => wanted.length === 0 || wanted.some((word) => name.includes(word)));

setUp();
if (benches.length === 0) stdout.write('no benchmark matches\n');
for (const name of benches) {
  stdout.write(`\n${name}\n`);
  const { status } = spawnSync(execPath, [join(folder, name)], { cwd: root, stdio: 'inherit' });
  if (status !== 0) exit(status ?? 1);
}
