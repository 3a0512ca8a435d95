// `npm start`: the appliance, in this process, so that signals reach it. Arguments pass through.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import process, { argv, stderr } from 'node:process';
import { root, setUp } from './setup.mjs';

setUp();
const { runAppliance } = createRequire(import.meta.url)(join(root, 'dist/apps/appliance/src/main.js'));
await runAppliance({ argv: argv.slice(2) }).catch((error) => {
  stderr.write(`weir: ${error.message}\n`);
  process.exitCode = 1;
});
