import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { integrityView, jobView, type IntegrityView } from '@weir/admin';
import { placesIn } from '../../libs/store/src/integrity/pages.testing';
import { Appliance } from './harness/appliance';
import { fetchFile, startSeeder } from './harness/peers';
import { sha256Of, Stage } from './harness/stage';
import { Tracker } from './harness/tracker';
import { untilTrue } from './harness/waiting';

const stage = new Stage();
afterEach(() => stage.end());
jest.setTimeout(90_000);

async function integrityOf(appliance: Appliance): Promise<IntegrityView> {
  return integrityView.parse(await (await appliance.request('GET', '/v1/integrity')).json());
}

async function scrub(appliance: Appliance): Promise<void> {
  const { id } = jobView.parse(await (await appliance.request('POST', '/v1/jobs', { type: 'scrub' })).json());
  await untilTrue(
    'the scrub has ended',
    async () => jobView.parse(await (await appliance.request('GET', `/v1/jobs/${id}`)).json()).state === 'done',
    30_000,
  );
}

/** As a disk forgets: under a process that has the file open. */
function flip(file: string, at: number): void {
  const descriptor = openSync(file, 'r+');
  const byte = Buffer.alloc(1);
  readSync(descriptor, byte, 0, 1, at);
  writeSync(descriptor, Buffer.of((byte[0] ?? 0) ^ 0x10), 0, 1, at);
  closeSync(descriptor);
}

/** Of each swarm a bit in one extent's content, in another's hashes, and in a block of the hashes above. */
function rotEverySwarm(file: string): void {
  const places = placesIn(file);
  const under = (tree: string, number: number) =>
    places.filter((place) => place.tree === tree && place.key.readUInt32BE(0) === number);
  const numbers = new Set(places.flatMap(({ tree, key }) => (tree === 'extents' ? [key.readUInt32BE(0)] : [])));
  for (const number of numbers) {
    const [first, second] = under('extents', number);
    const [block] = under('hashes', number);
    if (!first || !second || !block) throw new RangeError('a swarm has extents and hashes');
    flip(file, first.offset + 20_000);
    flip(file, second.offset + second.valueBytes - 40);
    flip(file, block.offset + 200);
  }
}

it('content that rots on disk is found by the scrub, told of, never served, and fetched again', async () => {
  const contents = [stage.content('one', 4_000_000), stage.content('other', 3_000_000)];
  const tracker = await Tracker.start(stage);
  const trackers = [tracker.url];
  const appliance = await Appliance.start(stage, { trackers, env: { WEIR_LOG_LEVEL: 'warn' } });
  const seeders = [];
  for (const { path } of contents) {
    const seeder = await startSeeder(stage, { path, trackers });
    await appliance.request('POST', '/v1/swarms', { swarmId: seeder.swarmId });
    await appliance.untilComplete(seeder.swarmId);
    seeders.push(seeder);
  }
  const [pinned = '', wanted = ''] = seeders.map(({ swarmId }) => swarmId);
  expect((await appliance.request('PUT', `/v1/swarms/${pinned}/pin`)).ok).toBe(true);

  const file = stage.path('store/data.mdb');
  rotEverySwarm(file);
  const told = appliance.program.line('stdout', /damage to the store \(extent/);
  await scrub(appliance);
  await told;

  const { counts, findings, scrub: report } = await integrityOf(appliance);
  expect(counts).toEqual({ extent: 4, hashes: 2 });
  expect(await appliance.metric('store_damage_total', { kind: 'extent' })).toBe(4);
  expect(await appliance.metric('store_damage_total', { kind: 'hashes' })).toBe(2);
  const found = findings.map(({ kind, foundBy, remedy, swarmId }) => `${kind} ${foundBy} ${remedy} ${swarmId ?? ''}`);
  for (const swarmId of [pinned, wanted]) {
    expect(found.filter((one) => one === `extent scrub erased ${swarmId}`)).toHaveLength(2);
    expect(found.filter((one) => one === `hashes scrub mended ${swarmId}`)).toHaveLength(1);
  }
  expect(report.lastPass).toMatchObject({ damaged: 6 });

  // What is pinned is at hand again though nobody asked for it; of what is not somebody gets what is right.
  const isWhole = async () => (await appliance.swarm(pinned))?.complete === true;
  await untilTrue('what is pinned is whole again', isWhole, 40_000);
  for (const [at, swarmId] of [pinned, wanted].entries()) {
    const { file: out } = await fetchFile(stage, { swarmId, out: stage.path(`out${at}`), peers: [appliance.address] });
    expect(sha256Of(out)).toBe(contents[at]?.sha256);
  }
  await appliance.untilComplete(wanted);
  await scrub(appliance);
  expect((await integrityOf(appliance)).scrub.lastPass).toMatchObject({ damaged: 0 });
});

it('a restart finds what rotted while nobody looked, and a read finds it before the scrub does', async () => {
  const content = stage.content('source', 3_000_000);
  const tracker = await Tracker.start(stage);
  const trackers = [tracker.url];
  const { swarmId } = await startSeeder(stage, { path: content.path, trackers });
  const first = await Appliance.start(stage, { trackers });
  await first.request('POST', '/v1/swarms', { swarmId });
  await first.untilComplete(swarmId);
  await first.program.kill();

  const file = stage.path('store/data.mdb');
  const extent = placesIn(file).filter(({ tree }) => tree === 'extents')[3];
  flip(file, (extent?.offset ?? 0) + 300);
  const appliance = await first.again();
  const { file: out } = await fetchFile(stage, { swarmId, out: stage.path('out'), peers: [appliance.address] });
  expect(sha256Of(out)).toBe(content.sha256);
  const { counts, findings, inspection } = await integrityOf(appliance);
  expect(inspection?.verdict).toBe('whole');
  expect(counts).toEqual({ extent: 1 });
  expect(findings).toMatchObject([{ kind: 'extent', foundBy: 'read', remedy: 'erased', swarmId, extent: 3 }]);
  await appliance.untilComplete(swarmId);
});
