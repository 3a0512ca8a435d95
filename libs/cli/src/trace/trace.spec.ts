import { readFileSync, writeFileSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';
import { runCommandLine } from '../cli.module';
import { temporaryFolder } from '../content/content.testing';
import { RecordingTerminal } from '../terminal/terminal.testing';

const folder = temporaryFolder();

async function weir(...args: string[]) {
  const terminal = new RecordingTerminal();
  const status = await runCommandLine(['node', 'weir', ...args], { applianceEntry: '', version: '', terminal });
  const { printed, told, bytes } = terminal;
  return { status, printed, told, output: Buffer.concat(bytes) };
}

/** A file with a trace of its own, whose name is answered. */
function traceOf(name: string, ...lines: string[]): string {
  const path = folder.path(name);
  writeFileSync(path, ['time,object,bytes,subscriber', ...lines, ''].join('\n'));
  return path;
}

interface Result {
  readonly policy: string;
  readonly capacityBytes: number;
  readonly byteHitRatio: number;
}

function isResults(value: unknown): value is Result[] {
  return Array.isArray(value);
}

async function resultsOf(...args: string[]): Promise<Result[]> {
  const { status, printed, told } = await weir('simulate', ...args, '--json');
  expect({ status, told }).toEqual({ status: 0, told: [] });
  const results: unknown = JSON.parse(printed.join('\n'));
  return isResults(results) ? results : [];
}

describe('weir trace', () => {
  it('makes the same trace for a seed, on stdout, in a file and in a packed one', async () => {
    const args = ['trace', 'vod', '--seed', '7', '--requests', '5000', '--objects', '20'];
    const { status, output } = await weir(...args);
    expect(status).toBe(0);
    expect(output.toString().split('\n')).toHaveLength(5_002);
    const [plain, packed] = [folder.path('t.csv'), folder.path('t.csv.gz')];
    await weir(...args, '--out', plain);
    await weir(...args, '--out', packed);
    expect(readFileSync(plain).equals(output)).toBe(true);
    expect(gunzipSync(readFileSync(packed)).equals(output)).toBe(true);
    const other = await weir('trace', 'vod', '--seed', '8', '--requests', '5000', '--objects', '20');
    expect(other.output.equals(output)).toBe(false);
  });

  it('does as its options say', async () => {
    const { output } = await weir('trace', 'mixed', '--requests', '3000', '--live-share', '0.5', '--bytes', '1000');
    const [header, ...lines] = output.toString().trimEnd().split('\n');
    expect(header).toBe('time,object,bytes,subscriber,live');
    expect(lines.every((line) => /^\d+\.\d{3},\d+\/\d+,1000,\d+,[01]$/.test(line))).toBe(true);
    const live = lines.filter((line) => line.endsWith('1')).length;
    expect(Math.abs(live - 1_500)).toBeLessThan(150);
  });

  it('overwrites nothing', async () => {
    const path = traceOf('kept.csv', '1,a,1,s');
    const { status, told } = await weir('trace', 'zipf', '--requests', '10', '--out', path);
    expect({ status, told }).toEqual({ status: 2, told: [`weir: ${path}: is there; remove it, or name another`] });
    expect(readFileSync(path, 'utf8')).toContain('1,a,1,s');
  });

  it('leaves nothing half-written when it is interrupted', async () => {
    const path = folder.path('interrupted.csv');
    const running = weir('trace', 'zipf', '--requests', '50000000', '--out', path);
    while (!exists(path)) await new Promise(setImmediate);
    process.emit('SIGINT', 'SIGINT');
    expect(await running).toMatchObject({ status: 130, told: ['weir: interrupted'] });
    expect(exists(path)).toBe(false);
  });
});

function exists(path: string): boolean {
  try {
    readFileSync(path, { flag: 'r' });
    return true;
  } catch {
    return false;
  }
}

describe('weir simulate', () => {
  it('prints an array with these members and no others, whatever the file is called', async () => {
    const lines = Array.from({ length: 300 }, (_, at) => `${at},o${at % 10},100,s${at % 3}`);
    const plain = traceOf('plain.gz', ...lines);
    const packed = folder.path('packed.csv');
    writeFileSync(packed, gzipSync(readFileSync(plain)));
    const args = ['--capacity', '50%,1kB', '--policy', 'min,lru'];
    const results = await resultsOf(plain, ...args);
    const number = expect.any(Number);
    const common = { requests: 300, writeRatio: number, bytesPerObject: number, nanosecondsPerRequest: number };
    expect(results).toEqual([
      { ...common, policy: 'min', capacityBytes: 500, byteHitRatio: number },
      { ...common, policy: 'lru', capacityBytes: 500, byteHitRatio: 0 },
      { ...common, policy: 'min', capacityBytes: 1_000, byteHitRatio: 290 / 300 },
      { ...common, policy: 'lru', capacityBytes: 1_000, byteHitRatio: 290 / 300 },
    ]);
    const again = await resultsOf(packed, ...args);
    expect(again.map(({ byteHitRatio }) => byteHitRatio)).toEqual(results.map(({ byteHitRatio }) => byteHitRatio));
  });

  it('shows a table, what twice the disk would give, and draws', async () => {
    const trace = folder.path('shown.csv');
    await weir('trace', 'mixed', '--requests', '20000', '--objects', '50', '--out', trace);
    const plot = folder.path('plot.svg');
    const { status, printed } = await weir('simulate', trace, '--capacity', '5%,10%', '--plot', plot);
    expect(status).toBe(0);
    expect(printed[0]).toMatch(/shown\.csv: 20,000 requests for 4\.88 GiB, [\d,]+ objects of [\d.]+ [MG]iB in all$/);
    expect(printed[1]).toMatch(/^titles of objects: 3,\d+ by their names, \d stand for themselves$/);
    expect(printed[2]).toMatch(/^[\d,]+ of the requests are for live channels$/);
    const rows = printed.filter((line) => / % {2}(weir|lru|lfu-da|w-tinylfu|min) /.test(line));
    expect(rows).toHaveLength(10);
    expect(rows.filter((row) => / % {2}min .* 1\.000 /.test(row))).toHaveLength(2);
    expect(printed.at(-3)).toBe('twice the disk would give:');
    expect(printed.at(-1)).toMatch(
      /: [\d.]+ % instead of [\d.]+ % of the bytes, \+[\d.]+ points, .* less from outside/,
    );
    const svg = readFileSync(plot, 'utf8');
    expect(svg.match(/<polyline/g)).toHaveLength(5);
    expect(svg).not.toContain('NaN');
  });

  it('refuses a plot that has no folder before it reads the trace', async () => {
    const plot = folder.path('nowhere/plot.svg');
    const { status, told } = await weir('simulate', traceOf('unread.csv', 'no line'), '--plot', plot);
    expect({ status, told }).toEqual({ status: 2, told: [`weir: ${plot}: cannot be written: no such file or folder`] });
  });

  it('leaves out what only fills the cache', async () => {
    const trace = traceOf('warm.csv', ...Array.from({ length: 100 }, (_, at) => `${at},o${at % 10},1,s`));
    const [result] = await resultsOf(trace, '--capacity', '10', '--policy', 'lru', '--warm-up', '10');
    expect(result).toMatchObject({ requests: 90, byteHitRatio: 1, writeRatio: 0 });
  });

  it('puts several traces one after another', async () => {
    const [one, two] = [traceOf('one.csv', '1,a,9,s'), traceOf('two.csv', '2,a,9,s', '3,b,9,s')];
    const [result] = await resultsOf(one, two, '--capacity', '100%', '--policy', 'lru');
    expect(result).toMatchObject({ requests: 3, byteHitRatio: 1 / 3, capacityBytes: 18 });
  });

  it('leaves out malformed lines only as far as it is told to', async () => {
    const trace = traceOf('bad.csv', '1,a,9,s', 'nonsense', '2,a,9,s', '3,a,x,s', '4,a,9,');
    const first = await weir('simulate', trace);
    expect(first.status).toBe(2);
    expect(first.told[0]).toMatch(
      /bad\.csv: line 3 "nonsense": write as many fields, separated by commas, as the header/,
    );
    const second = await weir('simulate', trace, '--malformed-max', '1');
    expect(second.told[0]).toMatch(/: line 3 "nonsense": .*; more than 1 lines make no sense$/);
    const third = await weir('simulate', trace, '--malformed-max', '2', '--policy', 'lru', '--capacity', '9');
    expect(third).toMatchObject({ status: 0 });
    expect(third.printed).toContain('2 lines made no sense and are left out');
  });

  it('shows nothing of a line that a terminal would take for an order', async () => {
    const trace = folder.path('orders.csv');
    writeFileSync(trace, Buffer.from('time,object,bytes,subscriber\n1,\u001b[2J\u009b31m\u007f,x,y\n', 'latin1'));
    const { told } = await weir('simulate', trace);
    expect(told[0]).toContain(String.raw`line 2 "1,\u001b[2J\u009b31m\u007f,x,y"`);
  });

  it('reads a packed trace up to where it was cut', async () => {
    const whole = folder.path('whole.csv.gz');
    await weir('trace', 'zipf', '--requests', '20000', '--out', whole);
    const cut = folder.path('cut.csv.gz');
    writeFileSync(cut, readFileSync(whole).subarray(0, 60_000));
    const { status, told, printed } = await weir(
      'simulate',
      cut,
      whole,
      '--capacity',
      '1%',
      '--policy',
      'lru',
      '--json',
    );
    const note = `weir: ${cut}: ends too early, as what a killed process leaves; read up to its last whole line`;
    expect({ status, told }).toEqual({ status: 0, told: [note] });
    expect(JSON.parse(printed.join(''))).toMatchObject([{ requests: expect.any(Number) }]);
  });

  it('finds out what is of one title where names do not tell', async () => {
    const { output } = await weir('trace', 'vod', '--seed', '3', '--requests', '30000', '--objects', '50');
    const [, ...lines] = output.toString().trimEnd().split('\n');
    const named = traceOf('named.csv', ...lines);
    const number = (title: number, segment: number): number => (title * 2_477 + segment * 86_243) % 1_000_003;
    const flat = lines.map((line) => line.replace(/(\d+)\/(\d+)/, (_, one, other) => `${number(+one, +other)}`));
    const numbered = traceOf('flat.csv', ...flat);
    const args = ['--capacity', '10%', '--policy', 'weir'];
    const [[known], [found]] = [await resultsOf(named, ...args), await resultsOf(numbered, ...args)];
    expect(Math.abs((known?.byteHitRatio ?? 0) - (found?.byteHitRatio ?? 1))).toBeLessThan(0.02);
    const { printed } = await weir('simulate', numbered, ...args);
    expect(printed[1]).toMatch(
      /^titles of objects: \d,\d+ of \d+ titles by who asked for what after which, \d+ stand for themselves$/,
    );
  });

  it('gives a swarm the share that it is told, where others want the rest', async () => {
    const names = Array.from({ length: 4_000 }, (_, at) => (at % 4 === 0 ? `many/${at}` : `film/${at % 30}`));
    const trace = traceOf('swarms.csv', ...names.map((name, at) => `${at},${name},100,s${at % 7}`));
    const args = [trace, '--capacity', '4kB', '--policy', 'weir'];
    const [free] = await resultsOf(...args);
    const [shared] = await resultsOf(...args, '--swarm-share', '25%');
    expect(free?.byteHitRatio).toBeGreaterThan(0.5);
    expect(shared?.byteHitRatio).toBeLessThan(0.4);
  });
});

const mistakes: readonly (readonly [string, readonly string[], RegExp])[] = [
  ['no such model', ['trace', 'zip'], /^weir: model "zip": write zipf, mzipf, vod or mixed$/],
  ['no model', ['trace'], /^weir: missing required argument 'model'$/],
  [
    'no whole number',
    ['trace', 'zipf', '--requests', '1e6'],
    /^weir: --requests "1e6": write a whole number from 1 to /,
  ],
  ['nothing to make', ['trace', 'zipf', '--requests', '0'], /^weir: --requests "0": write a whole number from 1/],
  ['a negative seed', ['trace', 'zipf', '--seed=-1'], /^weir: --seed "-1": write a whole number from 0/],
  ['a setting out of bounds', ['trace', 'vod', '--abandon', '2'], /^weir: --abandon "2": write a number from 0 to 1$/],
  [
    'a setting of another model',
    ['trace', 'zipf', '--churn', '0.1'],
    /^weir: --churn: zipf has no such setting; leave it out, or choose mzipf, vod or mixed$/,
  ],
  ['no trace', ['simulate'], /^weir: missing required argument 'trace'$/],
  [
    'a trace that is not there',
    ['simulate', 'missing.csv'],
    /^weir: trace "missing\.csv": cannot be read: no such file or folder$/,
  ],
  ['a folder', ['simulate', __dirname], /: it is a folder; name the traces in it$/],
  [
    'a capacity without a number',
    ['simulate', __filename, '--capacity', 'much'],
    /^weir: --capacity "much": write bytes, such as 10GiB, or percent/,
  ],
  ['no capacity', ['simulate', __filename, '--capacity', '0'], /^weir: --capacity "0": write bytes/],
  ['an empty capacity', ['simulate', __filename, '--capacity', '1%,'], /^weir: --capacity "": write bytes/],
  [
    'no such policy',
    ['simulate', __filename, '--policy', 'weir,fifo'],
    /^weir: --policy "fifo": write weir, lru, lfu-da, w-tinylfu or min, separated/,
  ],
  [
    'no trace at all',
    ['simulate', __filename],
    /trace\.spec\.ts: line 1 "import .*": the first line has to be time,object,bytes,subscriber or time,/,
  ],
  [
    'a share of nothing',
    ['simulate', __filename, '--swarm-share', '0'],
    /^weir: --swarm-share "0": write a percentage/,
  ],
  [
    'all of it warm-up',
    ['simulate', __filename, '--warm-up', '100%'],
    /^weir: --warm-up "100%": write a percentage from 0 to below 100/,
  ],
  [
    'no folder for temporary files',
    ['simulate', __filename, '--temp', '/missing'],
    /^weir: --temp "\/missing": name a folder for temporary files; no such/,
  ],
];

it.each(mistakes)('tells in one line, with status 2: %s', async (_, args, line) => {
  const { status, told, printed } = await weir(...args);
  expect({ status, told, printed }).toEqual({ status: 2, told: [expect.stringMatching(line)], printed: [] });
});

it('refuses a trace without requests', async () => {
  const path = traceOf('empty.csv');
  expect(await weir('simulate', path)).toMatchObject({ status: 2, told: [`weir: ${path}: has no requests`] });
});
