import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { ConfigError } from './errors';
import { type ConfigSources, loadConfig, loadConfigOrExit } from './load';
import { environmentName, settings } from './settings';

const folder = mkdtempSync(join(tmpdir(), 'weir-config-'));
const file = join(folder, 'weir.yaml');
afterAll(() => rmSync(folder, { recursive: true }));

function fileWith(yaml: string): string {
  writeFileSync(file, yaml);
  return file;
}

function refusal(sources: ConfigSources): ConfigError {
  try {
    loadConfig({ env: {}, ...sources });
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new ConfigError('CONFIG_INVALID', 'nothing was refused');
}

const problems = (sources: ConfigSources): string[] => {
  const [, ...lines] = refusal(sources).message.split('\n');
  return lines.map((line) => line.trim());
};

describe('the configuration', () => {
  it('has a default for all', () => {
    expect(loadConfig({ env: {} })).toEqual({
      ppspp: { listen: [{ host: '::', port: 6778 }], newSwarmsPerMinute: 60, peerExchange: 'off', membershipCa: '' },
      upload: { slots: 8192, peerRateMax: 125_000_000, delayTarget: 100, dscp: 0 },
      fetch: { rate: 'unlimited', backgroundRate: 'unlimited', peerRate: 'unlimited', readAhead: 30, schedule: [] },
      admin: { listen: { host: '127.0.0.1', port: 9080 }, token: undefined, hosts: [] },
      store: {
        path: '/var/lib/weir',
        capacity: 10 * 1024 ** 3,
        probationMemory: 512 * 1024 ** 2,
        scrubRate: 4 * 1024 ** 2,
      },
      cache: { secondSubscriber: false, swarmShare: 0.25 },
      trace: { path: '', bytesMax: 1024 ** 3 },
      trackers: [],
      subscribers: [],
      peers: { siblings: [], near: [], asn: 0, asnFile: '', forbidden: [], forbiddenAsns: [], networks: [] },
      registration: { reportInterval: 60, addresses: [], uplink: 0 },
      datapath: { threads: 1, port: 'auto' },
      intercept: {
        enabled: false,
        inside: [],
        outside: [],
        exemptSubscribers: [],
        exemptDestinations: [],
        ports: [],
        exemptPorts: [53, 443, 500, 4500].map((port) => ({ first: port, last: port })),
        udpPort: 9100,
        tcpPort: 9180,
        newFlowsPerSecond: 2000,
        trackers: [],
      },
      swarms: { allowed: [], blocked: [] },
      log: { level: 'info' },
    });
  });

  it('is frozen to its leaves', () => {
    const config = loadConfig({ env: {} });
    expect(Object.isFrozen(config)).toBe(true);
    expect(Object.isFrozen(config.ppspp.listen[0])).toBe(true);
  });

  it('is read from a file, overruled by the environment, overruled by the command line', () => {
    const yaml = 'store: { path: /file, capacity: 1GiB }\nlog: { level: warn }\nsubscribers: [10.0.0.0/8]\n';
    const env = { WEIR_STORE_PATH: '/env', WEIR_LOG_LEVEL: 'debug', WEIR_SUBSCRIBERS: '2001:db8::/32, 192.0.2.0/24' };
    const config = loadConfig({ file: fileWith(yaml), env, argv: ['--log.level=trace', '--datapath.threads', '1'] });
    expect(config.store).toMatchObject({ path: '/env', capacity: 1024 ** 3 });
    expect(config.log.level).toBe('trace');
    expect(config.subscribers.map(({ ip }) => ip)).toEqual(['2001:db8::', '192.0.2.0']);
  });

  it('finds its file by option, then by variable', () => {
    fileWith('log: { level: warn }');
    expect(loadConfig({ env: { WEIR_CONFIG: file } }).log.level).toBe('warn');
    expect(loadConfig({ env: { WEIR_CONFIG: '/nowhere' }, argv: ['--config', file] }).log.level).toBe('warn');
  });

  it('takes lists of trackers from the environment', () => {
    const env = { WEIR_TRACKERS: 'http://a.example/t,https://b.example' };
    expect(loadConfig({ env }).trackers.map(({ url }) => url)).toEqual(['http://a.example/t', 'https://b.example/']);
  });

  it('takes plain bytes, empty sections, empty files and empty variables', () => {
    expect(loadConfig({ env: {}, file: fileWith('store: { capacity: 1048576 }') }).store.capacity).toBe(1_048_576);
    const defaults = loadConfig({ env: {} });
    expect(loadConfig({ env: {}, file: fileWith('store:\nlog:\n  # level: warn\n') })).toEqual(defaults);
    expect(loadConfig({ env: { WEIR_LOG_LEVEL: '', WEIR_CONFIG: '' }, file: fileWith('') })).toEqual(defaults);
  });
});

describe('a refusal', () => {
  it('lists every problem with key, value, source and remedy', () => {
    const yaml = 'store: { capacity: 10 gigs }\nppspp: { listen: [localhost:6778] }\ntrackers: [{ url: udp://t }]\n';
    const env = { WEIR_DATAPATH_THREADS: '17' };
    expect(problems({ file: fileWith(yaml), env, argv: ['--log.level', 'loud'] })).toEqual([
      `ppspp.listen[0] = "localhost:6778" (${file}): write IP:PORT or [IPV6]:PORT, such as 192.0.2.1:6778 or [::]:6778; [::] serves IPv4 as well`,
      `store.capacity = "10 gigs" (${file}): write whole bytes or a number with a unit, such as 10GiB or 500MB`,
      `trackers[0].url = "udp://t" (${file}): write an http: or https: URL without user and password, such as https://tracker.example/ppstp`,
      'datapath.threads = 17 (WEIR_DATAPATH_THREADS): write a number from 1 to 16',
      'log.level = "loud" (--log.level): write one of silent, fatal, error, warn, info, debug, trace',
    ]);
  });

  it.each<[string, string, ConfigSources]>([
    ['a misspelt section', 'stroe: no such setting; did you mean store?', { file: 'stroe: { path: / }' }],
    [
      'a misspelt key',
      'store.capcity: no such setting; did you mean store.capacity?',
      { file: 'store: { capcity: 1 }' },
    ],
    ['a key in the wrong place', 'capacity: no such setting; did you mean store.capacity?', { file: 'capacity: 1GB' }],
    [
      'a key in a list',
      'trackers[0].uri: no such setting; did you mean trackers[].url?',
      { file: 'trackers: [{ uri: 1, url: "http://t" }]' },
    ],
    ['a key like no other', 'quux: no such setting', { file: 'quux: 1' }],
    ['a prototype', '__proto__: no such setting', { file: '__proto__: { a: 1 }' }],
    [
      'a misspelt variable',
      'WEIR_STORE_PAHT: no such setting; did you mean WEIR_STORE_PATH?',
      { env: { WEIR_STORE_PAHT: '/' } },
    ],
    ['a misspelt option', '--log.levle: no such setting; did you mean --log.level?', { argv: ['--log.levle=warn'] }],
    ['an option without value', '--log.level: needs a value', { argv: ['--log.level'] }],
    ['an argument', 'up: no such argument', { argv: ['up'] }],
    [
      'a scalar for a section',
      'store = 5 (FILE): write its keys below it: store.path, store.capacity, store.probationMemory, store.scrubRate',
      { file: 'store: 5' },
    ],
    [
      'certificates without an authority',
      'ppspp.membershipCa = "" (default): ppspp.peerExchange is certificates: write the path of their authority, a file in PEM',
      { file: 'ppspp: { peerExchange: certificates }' },
    ],
    [
      'a peer exchange of no kind',
      'ppspp.peerExchange = "on" (FILE): write one of off, private, certificates',
      { file: 'ppspp: { peerExchange: on }' },
    ],
    ['a scalar for a tracker', 'trackers[0] = "http://t" (FILE): write `url: URL`', { file: 'trackers: ["http://t"]' }],
    ['a scalar for a list', 'subscribers = "10.0.0.0/8" (FILE): write a list', { file: 'subscribers: 10.0.0.0/8' }],
    [
      'a list for a scalar',
      'log.level = […] (FILE): write one of silent, fatal, error, warn, info, debug, trace',
      { file: 'log: { level: [info] }' },
    ],
    [
      'a list of itself',
      'log.level = […] (FILE): write one of silent, fatal, error, warn, info, debug, trace',
      { file: 'log: { level: &a [*a] }' },
    ],
    ['too little', 'store.capacity = 1000 (FILE): write at least 1MiB', { file: 'store: { capacity: 1000 }' }],
    ['no address', 'ppspp.listen = […] (FILE): name at least one', { file: 'ppspp: { listen: [] }' }],
    [
      'a tracker without URL',
      'trackers[0].url = nothing (FILE): write an http: or https: URL without user and password, such as https://tracker.example/ppstp',
      { file: 'trackers: [{}]' },
    ],
    [
      'no threads',
      'datapath.threads = 0 (WEIR_DATAPATH_THREADS): write a number from 1 to 16',
      { env: { WEIR_DATAPATH_THREADS: '0' } },
    ],
    [
      'several threads without native sockets',
      'datapath.threads = 2 (--datapath.threads): datapath.port is node: write 1, since several threads need native sockets',
      { argv: ['--datapath.threads=2', '--datapath.port=node'] },
    ],
    [
      'a code point of seven bits',
      'upload.dscp = 64 (--upload.dscp): write a number from 0 to 63',
      { argv: ['--upload.dscp=64'] },
    ],
    [
      'words for a number',
      'datapath.threads = "two" (--datapath.threads): write a number from 1 to 16',
      { argv: ['--datapath.threads=two'] },
    ],
    ['an empty path', 'store.path = "" (--store.path): write the path of a folder', { argv: ['--store.path='] }],
  ])('of %s', (_, problem, { file: yaml, ...sources }) => {
    const written = yaml === undefined ? sources : { ...sources, file: fileWith(yaml) };
    expect(problems(written)).toEqual([problem.replace('(FILE)', `(${file})`)]);
  });

  it('shows no password', () => {
    const { message } = refusal({ env: { WEIR_TRACKERS: 'https://weir:secret@t.example' } });
    expect(message).toContain('"https://***@t.example"');
    expect(message).not.toContain('secret');
  });

  it('of a file that is missing or no YAML has a code of its own', () => {
    expect(refusal({ file: join(folder, 'absent.yaml') })).toMatchObject({ code: 'CONFIG_UNREADABLE' });
    expect(refusal({ file: fileWith('a: [') })).toMatchObject({ code: 'CONFIG_UNREADABLE' });
    expect(refusal({ file: fileWith('a: 1\na: 2') }).message).toContain('unique');
    expect(refusal({ file: fileWith('- a') }).message).toContain('has no keys');
    expect(refusal({ file: fileWith('a: 1') })).toMatchObject({ code: 'CONFIG_INVALID', details: { problems: 1 } });
  });
});

it('ends an app that is refused, with the reason on stderr and status 2', () => {
  const written = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  const ended = jest.spyOn(process, 'exit').mockImplementation((status) => {
    throw new ConfigError('CONFIG_INVALID', `ended with ${String(status)}`);
  });
  expect(() => loadConfigOrExit({ env: {}, argv: ['up'] })).toThrow('ended with 2');
  expect(written).toHaveBeenCalledWith('the configuration cannot be used:\n  up: no such argument\n');
  expect(loadConfigOrExit({ env: {} })).toEqual(loadConfig({ env: {} }));
  for (const spy of [written, ended]) spy.mockRestore();
});

it('leaves variables alone that an orchestrator sets for a service named weir', () => {
  const env = { WEIR_SERVICE_HOST: '10.0.0.1', WEIR_SERVICE_PORT_ADMIN: '1', WEIR_PORT: 'tcp://10.0.0.1:80' };
  expect(() => loadConfig({ env: { ...env, WEIR_PORT_6778_UDP_ADDR: '10.0.0.1' } })).not.toThrow();
  expect(loadConfig({ env: { WEIR_DATAPATH_PORT: 'node', WEIR_INTERCEPT_UDP_PORT: '9200' } })).toMatchObject({
    datapath: { port: 'node' },
    intercept: { udpPort: 9200 },
  });
});

it('loads or refuses whatever a file says, and never fails otherwise', () => {
  const keys = fc.constantFrom('store', 'path', 'capacity', 'trackers', 'url', 'log', 'level', '__proto__', 'toString');
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof({ maxDepth: 4 }, fc.jsonValue(), fc.array(tie('tree')), fc.dictionary(keys, tie('tree'))),
  }));
  fc.assert(
    fc.property(tree, (content) => {
      try {
        loadConfig({ env: {}, file: fileWith(JSON.stringify(content)) });
      } catch (error) {
        expect(error).toBeInstanceOf(ConfigError);
      }
    }),
  );
});

it('is documented, each key with its variable, default and reason', () => {
  const page = readFileSync(resolve(__dirname, '../../../docs/configuration.md'), 'utf8');
  for (const { key, fallback, why } of settings) {
    const cells = [key, environmentName(key), JSON.stringify(fallback)].map((cell) => `\`${cell}\``);
    expect(page.replace(/ +/g, ' ')).toContain(`| ${[...cells, why].join(' | ')} |`);
  }
});
