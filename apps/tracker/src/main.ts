import { parseArgs } from 'node:util';

import { startTracker, type TrackerSettings } from '@weir/tracker';

import { AppModule } from './app.module';

const usage = `tracker --listen HOST:PORT [--path /] [--super-node PREFIX]... [--subscribers PREFIX]...
        [--allow-loopback] [--peer-timeout SECONDS]
        [--membership-dir DIRECTORY | --membership-key FILE --membership-cert FILE]
`;

/** Starts the tracker, says where it listens, and stops it when it is told to. */
async function main(): Promise<void> {
  const settings = readArguments();
  const tracker = await startTracker(settings, AppModule.forRoot(settings));
  process.stdout.write(`tracker listens on ${tracker.url}\n`);
  const { membershipCa } = tracker;
  if (membershipCa !== undefined) process.stdout.write(`peers need the membership CA ${membershipCa}\n`);
  const stop = () => void tracker.close();
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
}

function readArguments(): TrackerSettings {
  const { values } = parseArgs({
    options: {
      listen: { type: 'string' },
      path: { type: 'string' },
      'super-node': { type: 'string', multiple: true },
      subscribers: { type: 'string', multiple: true },
      'allow-loopback': { type: 'boolean' },
      'peer-timeout': { type: 'string' },
      'membership-dir': { type: 'string' },
      'membership-key': { type: 'string' },
      'membership-cert': { type: 'string' },
    },
  });
  const timeout = values['peer-timeout'];
  return {
    listen: values.listen ?? '127.0.0.1:7846',
    path: values.path,
    superNodes: values['super-node'],
    subscribers: values.subscribers,
    allowLoopback: values['allow-loopback'],
    peerTimeoutSeconds: timeout === undefined ? undefined : Number(timeout),
    membershipDirectory: values['membership-dir'],
    membershipKey: values['membership-key'],
    membershipCertificate: values['membership-cert'],
  };
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
  process.exitCode = 1;
});
