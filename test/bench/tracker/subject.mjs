// The side that answers, a process of its own: a tracker or a bare Nest application. Commands come over IPC.
import 'reflect-metadata';
import { argv, cpuUsage, memoryUsage } from 'node:process';
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
  growTo: ({ peers }) => subject.population.growTo(peers),
  micros: ({ swarmId }) => subject.population.microsToFind(swarmId),
};

process.on('message', ({ deed, ...more }) => {
  if (deed === 'close') void subject.close().then(() => process.disconnect());
  else process.send({ value: deeds[deed](more) });
});
// Nobody is left to answer, or to ask for a close.
process.once('disconnect', () => process.exit());
process.send({ value: subject.url });
