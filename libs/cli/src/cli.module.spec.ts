import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { runCommandLine } from './cli.module';
import { sampleContent, temporaryFolder } from './content/content.testing';
import type { ContentFormat } from './content/scan';
import { RecordingTerminal } from './terminal/terminal.testing';
import type { StartTransfer } from './transfer/transfer';
import { fakeTransfers } from './transfer/transfer.testing';

const folder = temporaryFolder();
const small: ContentFormat = { chunkSize: 512, hash: 'sha1', addressing: 'chunk32' };
const flags = ['--chunk-size', '512', '--hash', 'sha1'];

async function weir(args: readonly string[], startTransfer: StartTransfer = fakeTransfers().start) {
  const terminal = new RecordingTerminal();
  const applianceEntry = folder.path('appliance.js');
  const status = await runCommandLine(['node', 'weir', ...args], {
    applianceEntry,
    version: '1.2.3',
    terminal,
    startTransfer,
  });
  return { status, printed: terminal.printed, told: terminal.told };
}

function parsed(line: string | undefined): unknown {
  return JSON.parse(line ?? '');
}

describe('weir publish', () => {
  it('prints the swarm ID', async () => {
    const path = folder.path('published');
    const { record } = await sampleContent(path, 10_000, small);
    const { status, printed } = await weir(['publish', path, ...flags]);
    expect(status).toBe(0);
    expect(printed).toEqual([
      `swarm ID    ${record.metadata.swarmId}`,
      'chunks      20 of 512 bytes',
      'size        10000 bytes (9.77 KiB)',
      'hash        sha1',
      'addressing  chunk32',
      `link        ppsp:${record.metadata.swarmId}?hash=sha1&addressing=chunk32&chunkSize=512&contentBytes=10000`,
    ]);
  });

  it('prints JSON, with the defaults of RFC 7574', async () => {
    const path = folder.path('published');
    const { record } = await sampleContent(path, 10_000, { chunkSize: 1024, hash: 'sha256', addressing: 'chunk32' });
    const { printed } = await weir(['publish', path, '--json']);
    expect(printed).toHaveLength(1);
    const { swarmId } = record.metadata;
    expect(parsed(printed[0])).toEqual({ ...record.metadata, swarmId, contentBytes: 10_000 });
  });
});

describe('weir seed', () => {
  it('tells where it serves what, and stops when told to', async () => {
    const path = folder.path('seeded');
    const { record } = await sampleContent(path, 100, small);
    const { start, started } = fakeTransfers();
    const running = weir(['seed', path, '--listen', '[::1]:7000', ...flags], async (plan) => {
      setImmediate(() => process.emit('SIGTERM', 'SIGTERM'));
      return start(plan);
    });
    const { status, printed } = await running;
    expect(status).toBe(0);
    const address = '[::1]:7000';
    expect(parsed(printed[0])).toEqual({ ...record.metadata, contentBytes: 100, peers: [address], address });
    expect(printed[1]).toBe(
      `ppsp:${record.metadata.swarmId}?hash=sha1&addressing=chunk32&chunkSize=512&contentBytes=100&peer=%5B::1%5D:7000`,
    );
    expect(started[0]?.closed).toBe(true);
  });
});

describe('weir fetch', () => {
  it('fetches a file and sums up, for people and programs', async () => {
    const content = await sampleContent(folder.path('original'), 10_000, small);
    const { swarmId } = content.record.metadata;
    const out = folder.path('fetched');
    const args = ['fetch', swarmId.toUpperCase(), '--out', out, '--peer', '192.0.2.1:7000', '--chunk-size', '512'];
    const first = await weir(args, fakeTransfers(content).start);
    expect(first).toMatchObject({ status: 0, told: [] });
    expect(first.printed[0]).toMatch(/fetched: complete and verified, 9\.77 KiB, in \d/);
    expect(first.printed[1]).toBe('  9.77 KiB from 192.0.2.1:7000');
    expect(readFileSync(out).equals(content.bytes)).toBe(true);
    const again = await weir([...args, '--json', '--listen', '127.0.0.1:0', '--timeout', '5']);
    expect(parsed(again.printed[0])).toMatchObject({
      swarmId,
      file: out,
      complete: true,
      resumedBytes: 10_000,
      peers: {},
    });
  });

  it('takes a link, and needs nothing beside it', async () => {
    const content = await sampleContent(folder.path('linked'), 70_000, small);
    const { printed } = await weir(['publish', folder.path('linked'), ...flags, '--json', '--peer', '192.0.2.1:7000']);
    const out = folder.path('by-record');
    const { start, started } = fakeTransfers(content);
    expect(await weir(['fetch', printed[0] ?? '', '--out', out], start)).toMatchObject({ status: 0, told: [] });
    expect(readFileSync(out).equals(content.bytes)).toBe(true);
    expect(started[0]?.peers).toMatchObject([{ address: { ip: '192.0.2.1', port: 7000 } }]);
  });

  it('has content without bytes at once', async () => {
    writeFileSync(folder.path('empty'), '');
    const { printed } = await weir(['publish', folder.path('empty'), '--json', '--peer', '192.0.2.1:7000']);
    expect(parsed(printed[0])).toMatchObject({ swarmId: '00'.repeat(32), contentBytes: 0 });
    const out = folder.path('nothing');
    const { status } = await weir(['fetch', printed[0] ?? '', '--out', out]);
    expect({ status, bytes: readFileSync(out).length }).toEqual({ status: 0, bytes: 0 });
  });

  it('says how to continue when interrupted', async () => {
    const interrupted = await weir(
      ['fetch', 'ab'.repeat(32), '--out', folder.path('never'), '--peer', '192.0.2.1:7000'],
      async (plan) => {
        setImmediate(() => process.emit('SIGINT', 'SIGINT'));
        return fakeTransfers().start(plan);
      },
    );
    expect(interrupted).toEqual({ status: 130, printed: [], told: ['weir: interrupted; the same command continues'] });
  });
});

describe('weir tracker', () => {
  it('tells where it listens, and stops when told to', async () => {
    const terminal = new RecordingTerminal();
    const stopping = jest.spyOn(terminal, 'print').mockImplementation(() => {
      setImmediate(() => process.emit('SIGINT', 'SIGINT'));
    });
    const argv = ['node', 'weir', 'tracker', '--listen', '127.0.0.1:0', '--super-node', '192.0.2.0/24'];
    expect(await runCommandLine(argv, { applianceEntry: '', version: '', terminal })).toBe(0);
    expect(parsed(stopping.mock.calls[0]?.[0])).toEqual({
      url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/$/),
    });
  });

  it('runs from a file, over HTTPS with an admin side, and reads its certificate anew on SIGHUP', async () => {
    const terminal = new RecordingTerminal();
    const stateDirectory = folder.path('state');
    const file = folder.path('tracker.yaml');
    const admin = { listen: '127.0.0.1:0' };
    writeFileSync(file, JSON.stringify({ listen: '127.0.0.1:0', tls: { selfSigned: true }, stateDirectory, admin }));
    const printing = jest.spyOn(terminal, 'print').mockImplementation(() => {
      setImmediate(() => {
        process.emit('SIGHUP', 'SIGHUP');
        process.emit('SIGINT', 'SIGINT');
      });
    });
    const argv = ['node', 'weir', 'tracker', '--config', file];
    expect(await runCommandLine(argv, { applianceEntry: '', version: '', terminal })).toBe(0);
    expect(parsed(printing.mock.calls[0]?.[0])).toEqual({
      url: expect.stringMatching(/^https:\/\/127\.0\.0\.1:\d+\/$/),
      fingerprint: expect.stringMatching(/^(?:[0-9A-F]{2}:){31}[0-9A-F]{2}$/),
      admin: { url: expect.stringMatching(/^http:\/\/127/), tokenFile: `${stateDirectory}/admin-token` },
    });
    expect(process.listenerCount('SIGHUP')).toBe(0);
  });

  it('says why it goes on with what it read before', async () => {
    const terminal = new RecordingTerminal();
    const users = folder.path('tracker.users');
    writeFileSync(users, '');
    jest.spyOn(terminal, 'print').mockImplementation(() => {
      writeFileSync(users, 'anna');
      setImmediate(() => process.emit('SIGHUP', 'SIGHUP'));
    });
    const telling = jest.spyOn(terminal, 'tell').mockImplementation(() => void process.emit('SIGINT', 'SIGINT'));
    const argv = ['node', 'weir', 'tracker', '--listen', '127.0.0.1:0', '--users', users];
    expect(await runCommandLine(argv, { applianceEntry: '', version: '', terminal })).toBe(0);
    expect(telling.mock.calls[0]?.[0]).toMatch(/^weir: error: Tracker: users file .*: line 1 is not USER:REALM:HASH/);
  });
});

describe('weir', () => {
  const id = '00'.repeat(32);
  const out = folder.path('out');
  const peer = ['--peer', '192.0.2.1:7000'];
  mkdirSync(folder.path('folder'));

  const mistakes: [string, string[], string][] = [
    ['an unknown command', ['pubish'], "unknown command 'pubish' (Did you mean publish?)"],
    ['an unknown flag', ['publish', 'x', '--jsno'], "unknown option '--jsno' (Did you mean --json?)"],
    ['a missing argument', ['publish'], "missing required argument 'file'"],
    ['an argument too many', ['publish', 'x', 'y'], "too many arguments for 'publish'"],
    ['a missing file', ['publish', folder.path('none')], 'cannot be read: no such file or folder'],
    ['a folder', ['publish', folder.path('folder')], 'not a regular file'],
    ['a chunk size', ['publish', 'x', '--chunk-size', '9'], '--chunk-size "9": write a number of bytes from'],
    ['a hash', ['publish', 'x', '--hash', 'md5'], '--hash "md5": write sha1, sha224, sha256, sha384 or sha512'],
    [
      'an addressing',
      ['publish', 'x', '--addressing', 'bin'],
      '--addressing "bin": write chunk32, chunk64, bin32, bin64 or byte64',
    ],
    ['a missing --listen', ['seed', 'x'], "required option '--listen <host:port>' not specified"],
    ['a malformed --listen', ['seed', 'x', '--listen', '80'], '--listen "80": write HOST:PORT'],
    ['a malformed tracker', ['seed', 'x', '--listen', '[::1]:0', '--tracker', 'x'], '--tracker "x": write an http'],
    [
      'a password in a URL',
      ['seed', 'x', '--listen', '[::1]:0', '--tracker', 'https://a:b@tracker.example/'],
      'write the URL without user and password',
    ],
    [
      'a password in a link',
      ['fetch', `ppsp:${id}?tracker=https://a:b@tracker.example/`, '--out', out],
      'write the URL without user and password',
    ],
    [
      'a user alone',
      ['fetch', id, '--out', out, '--tracker', 'http://192.0.2.1/', '--tracker-user', 'anna'],
      '--tracker-user anna: name a file with the password with --tracker-password-file',
    ],
    [
      'a CA that is not there',
      ['seed', 'x', '--listen', '[::1]:0', '--tracker', 'https://192.0.2.1/', '--tracker-ca', folder.path('none')],
      'none": it cannot be read',
    ],
    ['a swarm that is none', ['fetch', 'zz', '--out', out, ...peer], 'swarm "zz": write a swarm ID, a link'],
    ['a malformed link', ['fetch', 'ppsp:00?x=1', '--out', out, ...peer], 'swarm: "x" is no member; there are'],
    [
      'a contradiction',
      ['fetch', `ppsp:${id}?chunkSize=512`, '--out', out, ...peer, '--chunk-size', '1024'],
      '--chunk-size 1024 contradicts chunkSize 512',
    ],
    ['a bad peer in a link', ['fetch', `ppsp:${id}?peer=x`, '--out', out], 'peer "x": write HOST:PORT'],
    ['no size', ['fetch', 'abcd', '--integrity', 'none', '--out', out, ...peer], 'state the size with --content-bytes'],
    ['no name', ['publish', 'x', '--integrity', 'none'], 'name the swarm with --swarm-id'],
    ['a name too many', ['publish', 'x', '--swarm-id', 'ab'], 'the root hash is the swarm ID'],
    ['a hash of nothing', ['publish', 'x', '--integrity', 'none', '--hash', 'sha1'], 'contradicts --integrity none'],
    ['another hash', ['fetch', id, '--out', out, ...peer, '--hash', 'sha1'], 'is one of sha256'],
    ['no peer', ['fetch', id, '--out', out], 'name a --tracker or a --peer'],
    ['a malformed peer', ['fetch', id, '--out', out, '--peer', 'x'], '--peer "x": write HOST:PORT'],
    ['a timeout', ['fetch', id, '--out', out, ...peer, '--timeout', '-1'], '--timeout "-1": write seconds'],
    ['an output that cannot be', ['fetch', id, '--out', folder.path('none/x'), ...peer], 'cannot be written: no such'],
    ['a missing output', ['fetch', id, ...peer], "required option '--out <file>' not specified"],
    ['no tracker address', ['tracker'], 'name an address with --listen, or a file with --config'],
    ['a file beside options', ['tracker', '--config', 'x', '--listen', '[::]:0'], '--config "x": it stands alone'],
    ['a file that is not there', ['tracker', '--config', folder.path('none')], 'cannot read configuration'],
    ['a tracker address', ['tracker', '--listen', 'x'], '--listen "x": write HOST:PORT'],
    ['a prefix', ['tracker', '--listen', '127.0.0.1:0', '--super-node', 'x'], 'superNodes is "x"'],
  ];

  it.each(mistakes)('explains %s in one line, with status 2', async (_, args, expected) => {
    const { status, printed, told } = await weir(args);
    expect(told).toEqual([expect.stringContaining(expected)]);
    expect(told[0]).toMatch(/^weir: [^\n]+$/);
    expect({ status, printed }).toEqual({ status: 2, printed: [] });
  });

  it('runs the appliance if it is built', async () => {
    expect(await weir(['appliance'])).toMatchObject({ status: 1, told: [expect.stringContaining('not built')] });
    const told = folder.path('told');
    const write = `require('node:fs').writeFileSync(${JSON.stringify(told)}, JSON.stringify(options))`;
    writeFileSync(folder.path('appliance.js'), `exports.runAppliance = async (options) => ${write};`);
    expect(await weir(['appliance', '--config', 'weir.yaml'])).toEqual({ status: 0, printed: [], told: [] });
    expect(parsed(readFileSync(told, 'utf8'))).toEqual({ file: 'weir.yaml' });
  });

  it('shows help on request', async () => {
    expect(await shownBy(['fetch', '--help'])).toContain('Usage: weir fetch [options] <swarm>');
  });

  it('tells its version on request', async () => {
    expect(await shownBy(['--version'])).toBe('1.2.3\n');
  });

  /** What goes to stdout past the terminal. */
  async function shownBy(args: readonly string[]): Promise<string> {
    const shown = jest.spyOn(process.stdout, 'write').mockReturnValue(true);
    const { status, told } = await weir(args);
    const text = shown.mock.calls.map(([part]) => String(part)).join('');
    shown.mockRestore();
    expect({ status, told }).toEqual({ status: 0, told: [] });
    return text;
  }
});
