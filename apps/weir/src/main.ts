import 'reflect-metadata';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommandLine } from '@weir/cli';

const applianceEntry = join(__dirname, '..', '..', 'appliance', 'src', 'main.js');

void runCommandLine(process.argv, { applianceEntry, version: ownVersion() }).then((status) => {
  // What failed while it ran, as the appliance's store, has set its own.
  if (status !== 0) process.exitCode = status;
});

/** As the package says that this was compiled in; compiled files lie four folders below it. */
function ownVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(join(__dirname, '../../../../package.json'), 'utf8'));
  const named = typeof manifest === 'object' && manifest !== null && 'version' in manifest;
  return named ? String(manifest.version) : 'unknown';
}
