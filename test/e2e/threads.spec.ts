import { readFileSync } from 'node:fs';
import { shardOfSwarm, type SwarmMetadata } from '@weir/ppspp';
import { publish } from '../sim/content';
import { Appliance, datapathThreads } from './harness/appliance';
import { Caller } from './harness/caller';
import { fetchFile, startSeeder } from './harness/peers';
import { sha256Of, Stage, type ContentFile } from './harness/stage';
import { untilTrue } from './harness/waiting';

const stage = new Stage();
afterEach(() => stage.end());
jest.setTimeout(90_000);

const threads = Array.from({ length: datapathThreads }, (_, thread) => thread);

/** A thread's death is known at once; on a busy machine somewhat later. */
const noticeMillis = 3_000;

/** Tests that several threads need native sockets; without them the appliance has one. */
const several = datapathThreads > 1 ? describe : describe.skip;

interface Published {
  readonly content: ContentFile;
  readonly metadata: SwarmMetadata;
}

/** For each thread a content whose swarm belongs to it. */
function contentOfEach(): Published[] {
  return threads.map((thread) => {
    for (let at = 0; ; at++) {
      const content = stage.content(`content-${String(thread)}-${String(at)}`, 400_000 + at);
      const settings = { hash: 'sha256', addressing: 'chunk32', chunkSize: 1_024 } as const;
      const { metadata } = publish(readFileSync(content.path), settings);
      if (shardOfSwarm(metadata.swarmId, threads.length) === thread) return { content, metadata };
    }
  });
}

/** Fetches all contents as one subscriber, each from the appliance. */
async function fetchAll(appliance: Appliance, all: readonly Published[], name: string): Promise<void> {
  for (const [at, { content, metadata }] of all.entries()) {
    const out = stage.path(`${name}-${String(at)}`);
    const { peers } = await fetchFile(stage, { swarmId: metadata.swarmId, out, peers: [appliance.address] });
    expect(Object.keys(peers)).toEqual([appliance.address]);
    expect(sha256Of(out)).toBe(content.sha256);
  }
}

async function storeAll(appliance: Appliance, all: readonly Published[]): Promise<void> {
  for (const { content, metadata } of all) {
    const { address, program } = await startSeeder(stage, { path: content.path });
    await appliance.request('POST', '/v1/swarms', { swarmId: metadata.swarmId, peers: [address] });
    await appliance.untilComplete(metadata.swarmId);
    await program.kill();
  }
}

several('several datapath threads', () => {
  it('each serve the swarms that are theirs, at one address', async () => {
    const all = contentOfEach();
    const appliance = await Appliance.start(stage);
    expect(await appliance.metric('datapath_threads')).toBe(threads.length);
    await storeAll(appliance, all);
    await fetchAll(appliance, all, 'fetched');
    const served = await Promise.all(
      threads.map((thread) => appliance.metric('datapath_served_bytes_total', { thread: String(thread) })),
    );
    expect(served).toEqual(all.map(({ content }) => content.size));
    expect((await appliance.status()).cacheOutBytes).toBe(served.reduce((sum, bytes) => sum + bytes));
  });

  it('hand on to one another the HANDSHAKEs that reach the wrong one', async () => {
    const all = contentOfEach();
    const appliance = await Appliance.start(stage);
    await storeAll(appliance, all);
    // From many ports: the kernel may spread callers over the threads, or give all of them to the first.
    const callers = await Promise.all(Array.from({ length: 16 }, () => Caller.at(stage, '127.1.0.7')));
    for (const { metadata } of all) {
      const before = callers.map(({ answers }) => answers);
      const isAnswered = () => callers.every(({ answers }, at) => answers > (before[at] ?? 0));
      for (const caller of callers) caller.call(appliance.address, metadata);
      await untilTrue('all are answered', isAnswered);
    }
    expect(await appliance.metric('datapath_handed_over_total')).toBeGreaterThan(0);
    expect(await appliance.metric('datapath_handover_dropped_total')).toBe(0);
  });

  it('are replaced when they die, one after another, and serve what is stored again', async () => {
    const all = contentOfEach();
    const appliance = await Appliance.start(stage);
    await storeAll(appliance, all);
    await fetchAll(appliance, all, 'before');
    const before = await appliance.status();
    for (let crash = 1; crash <= 3; crash++) {
      await crashOne(appliance);
      expect(await restartsOf(appliance)).toBe(crash);
      await untilTrue('it is ready', async () => (await appliance.request('GET', '/readyz')).ok);
      await fetchAll(appliance, all, `after-${String(crash)}`);
    }
    const after = await appliance.status();
    expect(after.cacheInBytes).toBe(before.cacheInBytes);
    // What a thread served since its last report may be forgotten with it, and nothing more.
    expect(after.cacheOutBytes).toBeGreaterThanOrEqual(before.cacheOutBytes);
    expect(await appliance.metric('datapath_threads')).toBe(threads.length);
  });

  it('are given up when they die again and again: the appliance ends', async () => {
    const appliance = await Appliance.start(stage);
    const isReadyOrOver = async (): Promise<boolean> =>
      !appliance.program.isRunning || (await appliance.request('GET', '/readyz')).ok;
    for (let crash = 1; appliance.program.isRunning && crash <= 6; crash++) {
      await crashOne(appliance);
      await untilTrue('it was replaced, or is over', isReadyOrOver);
    }
    expect(await appliance.program.ended).toMatchObject({ status: 1 });
  });
});

/** Has one thread die. One that ends anyway, or just starts, may take the order, and then nothing is to be seen: it is repeated. */
async function crashOne(appliance: Appliance): Promise<void> {
  const before = await restartsOf(appliance);
  const isNoticed = async (): Promise<boolean> => (await restartsOf(appliance)) !== before;
  for (let attempt = 1; !(await isNoticed()); attempt++) {
    expect(attempt).toBeLessThan(10);
    appliance.crashThread(`crash-${String(before)}-${String(attempt)}`);
    await untilTrue('it is noticed', isNoticed, noticeMillis).catch(() => undefined);
  }
}

/** Undefined once it has ended. */
async function restartsOf(appliance: Appliance): Promise<number | undefined> {
  return appliance.metric('datapath_restarts_total').catch(() => undefined);
}
