import 'reflect-metadata';
import { parseArgs } from 'node:util';

import { configErrorStatus, loadTrackerConfig } from '@weir/config';
import { startTracker } from '@weir/tracker';

import { AppModule } from './app.module';

/** Starts the tracker, says where it listens, reads its certificates and users anew on SIGHUP, and stops when it is told to. */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { config: { type: 'string' } } });
  const settings = loadTrackerConfig({ file: values.config });
  const tracker = await startTracker(settings, AppModule.forRoot(settings));
  const { url, fingerprint, membershipCa, admin } = tracker;
  process.stdout.write(`${JSON.stringify({ url, fingerprint, membershipCa, admin })}\n`);
  process.on('SIGHUP', () => void tracker.reload());
  const stop = () => void tracker.close();
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
}

/** Whatever keeps a tracker from starting is its operator's to mend, and no supervisor need try again. */
main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = configErrorStatus;
});
