import 'reflect-metadata';
import { join } from 'node:path';
import { runCommandLine } from '@weir/cli';

const applianceEntry = join(__dirname, '..', '..', 'appliance', 'src', 'main.js');

void runCommandLine(process.argv, { applianceEntry }).then((status) => {
  process.exitCode = status;
});
