// `npm run bench:tracker`: what a tracker answers in a second, beside a bare Nest application in the same run. The ratios
// count: the rates are those of this machine, and of what else runs on it.
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { env, stdout, version } from 'node:process';
import tls from '../../dist/libs/tls/src/index.js';
import { largeSwarmId, smallSwarmId } from './tracker/population.mjs';
import { endAll, pinned, startLoad, Subject } from './tracker/programs.mjs';
import { growthTable, rateTable } from './tracker/report.mjs';
import { rounds } from './tracker/rounds.mjs';

const sizes = (env.WEIR_BENCH_PEERS ?? '1000,10000,100000,1000000').split(',').map(Number);
const effort = { seconds: Number(env.WEIR_BENCH_SECONDS ?? 1), count: Number(env.WEIR_BENCH_ROUNDS ?? 3) };
/** For what does not depend on their number: HTTPS, and connections that are not kept. */
const usualSize = 10_000;
const folder = mkdtempSync(join(tmpdir(), 'weir-bench-'));
const print = (...lines) => stdout.write(`${lines.join('\n')}\n\n`);

const requests = [
  { name: 'viewers, small swarm', order: { kind: 'viewing', swarmId: smallSwarmId } },
  { name: 'viewers, large swarm', order: { kind: 'viewing', swarmId: largeSwarmId } },
  { name: 'CONNECT, JOIN LEECH', order: { kind: 'connect', swarmId: smallSwarmId } },
  { name: 'FIND, small swarm', order: { kind: 'find', swarmId: smallSwarmId } },
  { name: 'FIND, large swarm', order: { kind: 'find', swarmId: largeSwarmId } },
  { name: 'STAT_REPORT', order: { kind: 'report', swarmId: smallSwarmId } },
];

/** The bare application first, which the others are compared with. */
function contestants(hello, tracker) {
  const greeting = { name: 'hello-world', subject: hello, order: { kind: 'hello' } };
  const exchange = {
    name: "the bytes of a FIND's, fixed",
    subject: hello,
    order: { kind: 'find', swarmId: smallSwarmId },
  };
  return [greeting, exchange, ...requests.map((request) => ({ ...request, subject: tracker }))];
}

/** The same, with a connection for each request; two kinds are enough. */
function passing(hello, tracker) {
  const kinds = contestants(hello, tracker).filter(({ name }) => /hello|FIND, small/.test(name));
  return kinds.map(({ order, ...more }) => ({ ...more, order: { ...order, fresh: true } }));
}

async function plain(load) {
  const [hello, tracker] = [await Subject.start('hello'), await Subject.start('tracker')];
  const empty = await tracker.ask('memory');
  const growth = [];
  for (const size of sizes) {
    await tracker.ask('growTo', { peers: size });
    const { heapBytes, rss } = await tracker.ask('memory');
    const each = (figure) => Math.round(figure / size);
    const [small, large] = [await micros(tracker, smallSwarmId), await micros(tracker, largeSwarmId)];
    growth.push({
      peers: size,
      heapBytes: each(heapBytes - empty.heapBytes),
      rss: each(rss - empty.rss),
      small,
      large,
    });
    print(`HTTP, connections kept, ${size} peers`, rateTable(await rounds(load, contestants(hello, tracker), effort)));
  }
  print('Memory, and the answer to a FIND without HTTP; half of the peers are in the large swarm', growthTable(growth));
  await Promise.all([hello.close(), tracker.close()]);
}

function micros(tracker, swarmId) {
  return tracker.ask('micros', { swarmId });
}

async function usual(load, scheme, options) {
  const [hello, tracker] = [await Subject.start('hello', options), await Subject.start('tracker', options)];
  await tracker.ask('growTo', { peers: usualSize });
  if (scheme === 'HTTPS') {
    const rows = await rounds(load, contestants(hello, tracker), effort);
    print(`HTTPS, connections kept, ${usualSize} peers`, rateTable(rows));
  }
  const rows = await rounds(load, passing(hello, tracker), effort);
  print(`${scheme}, a connection for each request, ${usualSize} peers`, rateTable(rows));
  await Promise.all([hello.close(), tracker.close()]);
}

try {
  const place = pinned ? 'one core for the servers, another for the asker' : 'processes move between cores';
  print(`Node ${version}, ${cpus().length} x ${cpus()[0]?.model ?? 'unknown CPU'}; ${place}`);
  const files = { certificateFile: join(folder, 'certificate.pem'), keyFile: join(folder, 'key.pem') };
  await tls.keepServerCertificate(files, ['127.0.0.1']);
  const load = startLoad();
  await plain(load);
  await usual(load, 'HTTP', {});
  await usual(load, 'HTTPS', { tls: files });
} finally {
  endAll();
  rmSync(folder, { recursive: true });
}
