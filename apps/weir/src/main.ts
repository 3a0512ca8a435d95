import 'reflect-metadata';
import { join } from 'node:path';
import { runCommandLine } from '@weir/cli';

const applianceEntry = join(__dirname, '..', '..', 'appliance', 'src', 'main.js');

void runCommandLine(process.argv, { applianceEntry }).then((status) => {
  // What failed while it ran, as the appliance's store, has set its own.
  if (status !== 0) process.exitCode = status;
});
