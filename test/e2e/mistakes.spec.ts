import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync, mkdirSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { geteuid } from 'node:process';
import { open } from 'lmdb';
import { z } from 'zod';
import { Appliance, type ApplianceStart } from './harness/appliance';
import { freeTcpPort } from './harness/ports';
import type { Ending } from './harness/program';
import { root, Stage } from './harness/stage';

const stage = new Stage();
afterEach(() => stage.end());
jest.setTimeout(30_000);

const swarmId = 'a'.repeat(64);

/** Root, but for what root may do beyond others. */
const launcher = geteuid?.() === 0 ? ['setpriv', '--inh-caps=-all', '--bounding-set=-all'] : [];
const mayDropRights = launcher.length === 0 || existsSync('/usr/bin/setpriv');

const integrity = z.object({
  findings: z.array(z.object({ kind: z.string(), foundBy: z.string(), remedy: z.string() })),
});

/** A UDP address that somebody else has. */
async function takenUdp(): Promise<string> {
  const socket = createSocket('udp4');
  socket.bind(0, '127.2.0.2');
  await once(socket, 'listening');
  stage.onEnd(() => {
    socket.close();
  });
  return `127.2.0.2:${socket.address().port}`;
}

/** A TCP address that somebody else has. */
async function takenTcp(): Promise<string> {
  const port = await freeTcpPort('127.2.0.2');
  const server = createServer().listen(port, '127.2.0.2');
  await once(server, 'listening');
  stage.onEnd(() => {
    server.close();
  });
  return `127.2.0.2:${port}`;
}

/** A URL where nobody listens. */
async function nowhere(): Promise<string> {
  return `http://127.2.0.2:${await freeTcpPort('127.2.0.2')}/`;
}

/** Of the log, which goes to stdout, nothing is said here, but that it has no stack either. */
function expectOneLine({ status, stdout, stderr }: Ending, wanted: number, line: RegExp): void {
  expect({ status, stderr }).toEqual({ status: wanted, stderr: expect.stringMatching(/^[^\n]+\n$/) });
  expect(stderr).toMatch(line);
  expect(stdout).not.toMatch(stackLine);
}

const stackLine = /^\s+at |\\n\s+at /m;

interface Mistake {
  readonly what: string;
  readonly args: () => Promise<string[]> | string[];
  readonly status: number;
  readonly line: RegExp;
}

const mistakes: readonly Mistake[] = [
  {
    what: 'an unknown flag',
    args: () => ['publish', '--chunksize', '512', __filename],
    status: 2,
    line: /^weir: unknown option '--chunksize'/,
  },
  {
    what: 'a file that cannot be read',
    args: () => ['seed', stage.path('missing'), '--listen', '127.2.0.2:0'],
    status: 2,
    line: /^weir: .*missing: cannot be read: no such file or folder$/m,
  },
  {
    what: 'a malformed swarm ID',
    args: () => ['fetch', 'abc', '--out', stage.path('out'), '--peer', '127.2.0.2:1'],
    status: 2,
    line: /^weir: swarm: write a swarm ID, a link, a record/,
  },
  {
    what: 'an output that cannot be written',
    args: () => ['fetch', swarmId, '--out', stage.path('missing/out'), '--peer', '127.2.0.2:1'],
    status: 2,
    line: /^weir: .*out: cannot be written: no such file or folder$/m,
  },
  {
    what: 'a port that another process has',
    args: async () => ['seed', __filename, '--listen', await takenUdp()],
    status: 2,
    line: /^weir: cannot listen on UDP 127\.2\.0\.2:\d+: another process has it; /,
  },
  {
    what: "a tracker's port that another process has",
    args: async () => ['tracker', '--listen', await takenTcp()],
    status: 2,
    line: /^weir: tracker cannot listen on 127\.2\.0\.2:\d+: another process listens there; /,
  },
  {
    what: 'a tracker that nobody answers for',
    args: async () => ['fetch', swarmId, '--out', stage.path('out'), '--tracker', await nowhere()],
    status: 1,
    line: /^weir: no tracker can be reached: http:\S+ \(ECONNREFUSED\); check --tracker$/m,
  },
  {
    what: 'a fetch whose time is over before a tracker could be tried again',
    args: async () => {
      const tracker = await nowhere();
      return ['fetch', swarmId, '--out', stage.path('out'), '--tracker', tracker, '--timeout', '0.1'];
    },
    status: 1,
    line: /^weir: not complete after 0\.1 s: no peer sent anything; the same command continues$/m,
  },
];

describe('a mistake on the command line', () => {
  it.each(mistakes)('is told in one line: $what', async ({ args, status, line }) => {
    expectOneLine(await stage.weir(await args()).ended, status, line);
  });
});

/** An appliance that is not expected to run. */
async function failedAppliance(start: ApplianceStart): Promise<Ending> {
  const { program } = await Appliance.launch(stage, start);
  return program.ended;
}

describe("a mistake in the appliance's configuration", () => {
  it('is told with all others, by key, place and remedy', async () => {
    const file = stage.path('weir.yaml');
    writeFileSync(file, 'store:\n  capacty: 1GiB\nppsp: {}\n');
    const env = { WEIR_CONFIG: file, WEIR_LOG_LEVEL: 'loud', WEIR_STORE_PAHT: '/tmp' };
    const { status, stdout, stderr } = await failedAppliance({ env, subscribers: ['127.1.0.0/99'] });
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    const [first, ...problems] = stderr.trimEnd().split('\n');
    expect(first).toBe('the configuration cannot be used:');
    expect(problems.sort()).toEqual([
      expect.stringMatching(/^ {2}WEIR_STORE_PAHT: no such setting; did you mean WEIR_STORE_PATH\?$/),
      expect.stringMatching(/^ {2}log\.level = "loud" \(WEIR_LOG_LEVEL\): write one of silent, /),
      expect.stringMatching(/^ {2}ppsp: no such setting; did you mean ppspp\?$/),
      expect.stringMatching(/^ {2}store\.capacty: no such setting; did you mean store\.capacity\?$/),
      expect.stringMatching(/^ {2}subscribers\[0\] = "127\.1\.0\.0\/99" \(WEIR_SUBSCRIBERS\): write IP\/LENGTH, /),
    ]);
  });

  it('is told in one line: a UDP port that another process has', async () => {
    const ending = await failedAppliance({ env: { WEIR_PPSPP_LISTEN: await takenUdp() } });
    expectOneLine(ending, 2, /^weir: cannot listen on UDP 127\.2\.0\.2:\d+: another process has it; /);
  });

  it('is told in one line: an admin port that another process has', async () => {
    const admin = await takenTcp();
    const ending = await failedAppliance({ env: { WEIR_ADMIN_LISTEN: admin } });
    expectOneLine(ending, 2, /^weir: .*admin.*127\.2\.0\.2:\d+/);
  });

  it('is told in one line: a store where no folder can be', async () => {
    writeFileSync(stage.path('file'), '');
    const ending = await failedAppliance({ store: 'file/store' });
    expectOneLine(ending, 2, /^weir: The store's directory .*file\/store cannot be made\. /);
  });
});

describe('a store that is not ours', () => {
  it('is refused in one line while another appliance writes to it; one that was cut since is begun anew, and that told', async () => {
    const first = await Appliance.start(stage);
    expectOneLine(await failedAppliance({}), 2, /^weir: The store in .*store is in use by process \d+\. Stop that one/);
    await first.program.kill();
    const file = stage.path('store/data.mdb');
    truncateSync(file, statSync(file).size / 2);
    const second = await Appliance.start(stage);
    const { findings } = integrity.parse(await (await second.request('GET', '/v1/integrity')).json());
    expect(findings).toMatchObject([{ kind: 'pages', foundBy: 'start', remedy: 'set-aside' }]);
  });

  it('is refused in one line by `npm start` as well', async () => {
    mkdirSync(stage.path('store'));
    writeFileSync(stage.path('store/data.mdb'), 'no store'.repeat(1_000));
    const env = { WEIR_STORE_PATH: stage.path('store') };
    const ending = await stage.node(join(root, 'ops/start.mjs'), [], { env }).ended;
    // Sources may have changed since the last build.
    const stderr = ending.stderr.replace(/^weir: building.*\n/gm, '');
    expectOneLine({ ...ending, stderr }, 2, /^weir: The store in .*store cannot be opened: /);
  });

  it.each([3])('is refused in one line if it has another format: %d', async (format) => {
    const root = open<Buffer, string>({ path: stage.path('store'), noSubdir: false, maxDbs: 8, encoding: 'binary' });
    const meta = root.openDB<Buffer, string>('meta', { encoding: 'binary' });
    await meta.put('format', Buffer.from([0, 0, 0, format]));
    await root.close();
    const ending = await failedAppliance({});
    const line = `^weir: The store has format ${format}\\. Erase .*store, or run the version of Weir that wrote it`;
    expectOneLine(ending, 2, new RegExp(line));
  });

  it('is refused in one line if it is no store at all', async () => {
    mkdirSync(stage.path('store'));
    writeFileSync(stage.path('store/data.mdb'), 'no store'.repeat(1_000));
    const ending = await failedAppliance({});
    expectOneLine(ending, 2, /^weir: The store in .*store /);
  });

  (mayDropRights ? it : it.skip)('is refused in one line if it may be read and not written', async () => {
    const bound = new Stage({ launcher });
    stage.onEnd(() => bound.end());
    mkdirSync(bound.path('store'), { mode: 0o555 });
    const { program } = await Appliance.launch(bound);
    expectOneLine(await program.ended, 2, /^weir: store\.path = .*store cannot be read and written \(EACCES\)\. /);
  });
});
