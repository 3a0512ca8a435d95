// `npm start`: the appliance, in this process, so that signals reach it. Arguments pass through.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import process, { argv, stderr } from 'node:process';
import { root, setUp } from './setup.mjs';

setUp();
const compiled = createRequire(join(root, 'dist/'));
const { runAppliance } = compiled('./apps/appliance/src/main.js');
await runAppliance({ argv: argv.slice(2) }).catch((error) => {
  const { line, status } = compiled('./libs/cli/src/index.js').failureOf(error);
  if (line !== undefined) stderr.write(`weir: ${line}\n`);
  process.exitCode = status;
});
