import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ha1 } from '@weir/digest';
import { startTracker, type RunningTracker } from '@weir/tracker';
import { runCommandLine } from '../cli.module';
import { sampleContent, temporaryFolder, type SampleContent } from '../content/content.testing';
import { RecordingTerminal } from '../terminal/terminal.testing';
import { fakeTransfers } from './transfer.testing';

const folder = temporaryFolder();
let tracker: RunningTracker;
let content: SampleContent;

beforeAll(async () => {
  writeFileSync(folder.path('users'), `anna:trials:${ha1('anna', 'trials', 'secret')}\n`);
  writeFileSync(folder.path('password'), 'secret\n', { mode: 0o600 });
  writeFileSync(folder.path('wrong'), 'guess\n', { mode: 0o600 });
  tracker = await startTracker({
    listen: '127.0.0.1:0',
    tls: { selfSignedDirectory: folder.path('tls') },
    authentication: { realm: 'trials', usersFile: folder.path('users'), digest: 'always' },
  });
  content = await sampleContent(folder.path('film'), 10_000, { chunkSize: 512, hash: 'sha1', addressing: 'chunk32' });
});

afterAll(() => tracker.close());

const ca = (): readonly string[] => ['--tracker-ca', join(folder.path('tls'), 'tracker-cert.pem')];
const as = (name: string, file: string): readonly string[] => [
  ...['--tracker-user', name],
  ...['--tracker-password-file', folder.path(file)],
];

/** A command line, and what it has said so far. */
function weir(args: readonly string[], terminal = new RecordingTerminal()) {
  const { start } = fakeTransfers(content);
  const deps = { applianceEntry: '', version: '1.2.3', terminal, startTransfer: start };
  return { terminal, status: runCommandLine(['node', 'weir', ...args], deps) };
}

/** Serves what there is, until the test is over. */
async function seeding(access: readonly string[]) {
  const printed = { ready: (): void => undefined };
  const terminal = new (class extends RecordingTerminal {
    override print(line: string): void {
      super.print(line);
      printed.ready();
    }
  })();
  const isReady = new Promise<void>((resolve) => (printed.ready = resolve));
  const format = ['--chunk-size', '512', '--hash', 'sha1'];
  const args = [
    'seed',
    folder.path('film'),
    '--listen',
    '127.0.0.1:7001',
    '--tracker',
    tracker.url,
    ...access,
    ...format,
  ];
  const { status } = weir(args, terminal);
  await Promise.race([isReady, status]);
  return {
    terminal,
    stop: () => {
      process.emit('SIGTERM', 'SIGTERM');
      return status;
    },
  };
}

it('lets a seeder and a fetcher meet at a tracker that wants to know them', async () => {
  const seeder = await seeding([...ca(), ...as('anna', 'password')]);
  const out = folder.path('copy');
  const link = seeder.terminal.printed[1] ?? '';
  expect(link).toContain(encodeURIComponent(new URL(tracker.url).host).replace('%3A', ':'));
  expect(JSON.stringify(seeder.terminal.printed)).not.toMatch(/anna|secret/);
  // By the link alone: the access is for its tracker.
  const linked = link.replace(/&peer=[^&]*/, '');
  const fetching = weir(['fetch', linked, '--out', out, ...ca(), ...as('anna', 'password')]);
  expect(await fetching.status).toBe(0);
  expect(readFileSync(out).equals(content.bytes)).toBe(true);
  expect(await seeder.stop()).toBe(0);
});

it.each([
  ['the CA', () => as('anna', 'password'), /certificate: .*; check --tracker, --tracker-ca or --tracker-cert$/],
  ['a user', ca, /asks for a user name and password.*; check --tracker, --tracker-user or --tracker-password-file$/],
  [
    'the password',
    () => [...ca(), ...as('anna', 'wrong')],
    /refuses our user name or password.*; check --tracker, --tracker-user/,
  ],
])('says what to check without %s', async (_, access, told) => {
  const { terminal, status } = weir([
    ...['fetch', content.record.metadata.swarmId, '--out', folder.path('none')],
    ...['--chunk-size', '512', '--hash', 'sha1', '--tracker', tracker.url, ...access()],
  ]);
  expect(await status).toBe(1);
  expect(terminal.told.at(-1)).toMatch(told);
});
