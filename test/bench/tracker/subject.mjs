// The side that answers, a process of its own: a tracker or a bare Nest application. Commands come over IPC.
import 'reflect-metadata';
import { writeFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { join } from 'node:path';
import { argv, cpuUsage, memoryUsage, pid } from 'node:process';
import { startHello } from './hello.mjs';
import { startTracked } from './tracked.mjs';

const [kind, options] = [argv[2], JSON.parse(argv[3])];
const subject = await (kind === 'hello' ? startHello(options) : startTracked(options));

/** What each command gives back. */
const deeds = {
  cpu: () => cpuUsage(),
  memory() {
    globalThis.gc();
    const { heapUsed, external, rss } = memoryUsage();
    return { heapBytes: heapUsed + external, rss };
  },
  growTo({ peers }) {
    subject.population.growTo(peers);
    // What starts the program and fills the tracker is left out.
    if (options.profiles !== undefined) profiled ??= profile();
  },
  micros: ({ swarmId }) => subject.population.microsToFind(swarmId),
};

/** A CPU profile from now on. Gives what writes it. */
async function profile() {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.start');
  return async (folder) => {
    const { profile: taken } = await session.post('Profiler.stop');
    writeFileSync(join(folder, `tracker-${pid}.cpuprofile`), JSON.stringify(taken));
  };
}

let profiled;

async function close() {
  const finish = await profiled;
  await finish?.(options.profiles);
  await subject.close();
  process.disconnect();
}

process.on('message', ({ deed, ...more }) => {
  if (deed === 'close') void close();
  else process.send({ value: deeds[deed](more) });
});
// Nobody is left to answer, or to ask for a close.
process.once('disconnect', () => process.exit());
process.send({ value: subject.url });
