import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { Appliance } from './harness/appliance';
import { fetchFile, startSeeder } from './harness/peers';
import { Stage } from './harness/stage';

const stage = new Stage();
afterEach(() => stage.end());
jest.setTimeout(60_000);

it('a recording names nobody, and tells what twice the disk would give; without being turned on there is none', async () => {
  const folder = stage.path('traces');
  const silent = await Appliance.start(stage, { store: 'other' });
  const appliance = await Appliance.start(stage, { env: { WEIR_TRACE_PATH: folder } });
  const { swarmId, address } = await startSeeder(stage, { path: stage.content('source', 3_000_000).path });
  const ips = ['127.1.0.1', '127.1.0.2'];
  for (const one of [silent, appliance]) await one.request('POST', '/v1/swarms', { swarmId, peers: [address] });
  for (const ip of ips)
    await fetchFile(stage, { swarmId, out: stage.path(`out-${ip}`), ip, peers: [appliance.address] });
  await fetchFile(stage, { swarmId, out: stage.path('out'), peers: [silent.address] });
  appliance.program.signal('SIGTERM');
  silent.program.signal('SIGTERM');
  expect((await appliance.program.ended).status).toBe(0);
  await silent.program.ended;

  const files = readdirSync(folder).map((name) => `${folder}/${name}`);
  expect(files).toHaveLength(1);
  const text = files.map((file) => gunzipSync(readFileSync(file)).toString()).join('');
  expect(text).toMatch(/^time,object,bytes,subscriber\n(\d+\.\d{3},[\da-f]{13}\/\d+,\d+,[\da-f]{8}\n)+$/);
  for (const secret of [swarmId, swarmId.slice(0, 13), '127.', address]) expect(text).not.toContain(secret);
  const lines = text.trimEnd().split('\n').slice(1);
  // Twelve segments of 256 KiB, for each of two subscribers.
  expect(new Set(lines.map((line) => line.split(',')[3])).size).toBe(ips.length);
  expect(lines).toHaveLength(2 * Math.ceil(3_000_000 / 262_144));

  const answer = await stage.weir(['simulate', ...files, '--capacity', '50%', '--policy', 'weir,lru,min']).ended;
  expect(answer).toMatchObject({ status: 0, stderr: '' });
  expect(answer.stdout).toMatch(/twice/i);
  const json = await stage.weir(['simulate', ...files, '--capacity', '50%', '--json']).ended;
  expect(JSON.parse(json.stdout)).toMatchObject([{ requests: lines.length }, {}, {}, {}, {}]);
  expect(existsSync(stage.path('other/traces'))).toBe(false);
  expect(readdirSync(stage.path('other')).filter((name) => name.includes('trace'))).toEqual([]);
});
