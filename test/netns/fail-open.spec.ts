import { statSync } from 'node:fs';
import { completed, type Seeder } from '../e2e/harness/peers';
import type { Program } from '../e2e/harness/program';
import { sha256Of, type ContentFile } from '../e2e/harness/stage';
import { untilTrue } from '../e2e/harness/waiting';
import { families } from './lab/addresses';
import type { LabAppliance } from './lab/appliance';
import {
  callUntilHeard,
  checkGap,
  checkNobodyListens,
  checkStaysWithOrigin,
  numberOf,
  openStrangers,
  untilDiverting,
} from './lab/checks';
import { callOrigin, untilServed, isFrom, openEnds, type Ends } from './lab/flows';
import { aliveEpochs } from './lab/kernel';
import { Lab } from './lab/lab';
import { handshake, request } from './lab/words';
import { describeNamespaces } from './obstacle';

jest.setTimeout(60_000);

/** Within this a fetch that was cut has its content from the origin. */
const recoveryMillis = 15_000;
/** What subscribers get together, so that a fetch has a middle to be cut in. */
const insideMbits = 16;
const begunBytes = 500_000;
const blockBytes = 512;
/** Longer than everything that lives by a heartbeat. */
const stallMillis = 5_000;

describeNamespaces('an appliance that fails', () => {
  let lab: Lab;
  let appliance: LabAppliance;
  let content: ContentFile;
  let seeders: Seeder[];
  let fetches = 0;

  beforeAll(async () => {
    lab = Lab.build();
    content = lab.content('content', 3_000_000);
    seeders = await Promise.all(families.map((family) => lab.seeder({ path: content.path, external: 1, family })));
    lab.network.shapeInside(insideMbits);
    appliance = await lab.appliance();
    await holdAll();
  });
  afterAll(() => lab.end());

  it('by SIGKILL: flows pass, those that were cut recover and stay with their origins until they call again', async () => {
    const [epoch = ''] = aliveEpochs(lab.router().namespace);
    const [cut, flows] = [await startFetches(), await startFlows()];
    await appliance.program.kill();
    await checkGap(lab);
    await checkRecovery(cut);
    await checkNobodyListens(lab, epoch);
    for (const ends of flows) await callUntilHeard(ends, swarmId());
    await appliance.run();
    await untilDiverting(appliance, [epoch]);
    for (const ends of flows) await checkStaysWithOrigin(lab, ends);
    for (const ends of flows) await callOrigin(ends, { swarmId: swarmId(), channel: 99 });
  });

  it('by SIGSTOP: the same, and what waited for it gets no answer when it goes on', async () => {
    const before = aliveEpochs(lab.router().namespace);
    const [cut, flows, late] = [await startFetches(), await startFlows(), await openStrangers(lab)];
    const channels = await Promise.all(flows.map((ends) => callOrigin(ends, { swarmId: swarmId(), channel: 50 })));
    appliance.program.signal('SIGSTOP');
    const heardBefore = await askTheDeaf({ flows, channels, late });
    await checkGap(lab);
    await checkRecovery(cut);
    appliance.program.signal('SIGCONT');
    await untilDiverting(appliance, before);
    for (const ends of flows) await checkStaysWithOrigin(lab, ends);
    await checkServes();
    expect(heardFrom([...flows, ...late])).toEqual(heardBefore);
    for (const ends of flows) await callOrigin(ends, { swarmId: swarmId(), channel: 99 });
  });

  it.each(['datapath', 'control'] as const)('by a %s thread that stands still: the same', async (thread) => {
    const before = aliveEpochs(lab.router().namespace);
    const cut = await startFetches();
    appliance.stall(thread, stallMillis);
    await untilTrue(
      'the epoch is over',
      () => !aliveEpochs(lab.router().namespace).some((one) => before.includes(one)),
    );
    await checkGap(lab);
    await checkRecovery(cut);
    await untilDiverting(appliance, before);
    await checkServes();
  });

  it('by a datapath thread that crashes: the same, and another takes its place', async () => {
    const cut = await startFetches();
    appliance.crash('datapath');
    await checkGap(lab);
    await checkRecovery(cut);
    await checkServes();
  });

  it('by a store that ends: nobody notices, and it is in use again', async () => {
    const cut = await startFetches();
    appliance.crash('writer');
    await checkGap(lab);
    await checkRecovery(cut);
    await untilTrue(
      'the store is in use again',
      async () => (await appliance.request('/readyz')).status === 200,
      20_000,
    );
    await checkServes();
  });

  function swarmId(): string {
    return seeders[0]?.swarmId ?? '';
  }

  async function holdAll(): Promise<void> {
    const peers = seeders.map(({ address }) => address);
    await appliance.request('/v1/swarms', 'POST', { swarmId: swarmId(), peers });
    await untilTrue('it holds the content', async () => (await appliance.swarm(swarmId()))?.complete === true, 20_000);
  }

  /** A fetch of each family that is under way, by the appliance. */
  async function startFetches(): Promise<Program[]> {
    return Promise.all(families.map((family, index) => startedFetch(family, index)));
  }

  async function startedFetch(family: (typeof families)[number], index: number): Promise<Program> {
    const seeder = seeders[index];
    if (seeder === undefined) throw new Error('each family has a seeder');
    const out = lab.inside.path(`cut-${++fetches}`);
    const fetching = lab.startFetch({
      subscriber: numberOf(1, family),
      family,
      swarmId: seeder.link,
      peers: [seeder.address],
      out,
    });
    const onDisk = () => (statSync(out, { throwIfNoEntry: false })?.blocks ?? 0) * blockBytes;
    await untilTrue('the fetch is under way', () => onDisk() >= begunBytes);
    return fetching;
  }

  /** Within the promise since now, all that was cut is here, and it is the content. */
  async function checkRecovery(cut: readonly Program[]): Promise<void> {
    const begin = performance.now();
    for (const { file } of await Promise.all(cut.map(completed))) expect(sha256Of(file)).toBe(content.sha256);
    expect(performance.now() - begin).toBeLessThan(recoveryMillis);
  }

  /** A flow of each family that the appliance serves, with an origin that only listens. */
  async function startFlows(): Promise<Ends[]> {
    const flows = await Promise.all(families.map((family) => openEnds(lab, { subscriber: 5, external: 5, family })));
    for (const ends of flows) await callOrigin(ends, { swarmId: swarmId() });
    return flows;
  }

  /** Somebody new is served. */
  async function checkServes(): Promise<void> {
    for (const family of families) await untilServed(lab, { subscriber: 6, external: 6, family }, swarmId());
  }

  interface Deaf {
    readonly flows: readonly Ends[];
    readonly channels: readonly number[];
    readonly late: readonly Ends[];
  }

  /** Asks for what a stopped appliance has, on its channels and by new ones: what subscribers had heard when all this waits. */
  async function askTheDeaf({ flows, channels, late }: Deaf): Promise<number[]> {
    const before = lab.diverted.packets('datagrams');
    const words = channels.map((channel) => Array.from({ length: 5 }, (_, chunk) => request(channel, chunk)));
    for (const [index, { subscriber: from, origin }] of flows.entries()) {
      await from.send(origin.place, ...(words[index] ?? []));
    }
    for (const { subscriber: from, origin } of late) await from.send(origin.place, handshake({ swarmId: swarmId() }));
    const due = before + words.flat().length + late.length;
    await untilTrue('all of it waits', () => lab.diverted.packets('datagrams') >= due);
    return heardFrom([...flows, ...late]);
  }
});

/** Datagrams that subscribers have of the far ends of their flows. */
function heardFrom(flows: readonly Ends[]): number[] {
  return flows.map(({ subscriber: own, origin }) => own.heard.filter(isFrom(origin)).length);
}
