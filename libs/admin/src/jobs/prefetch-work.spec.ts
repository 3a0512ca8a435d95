import { idOf, liveSwarm, metadataOf, PeerStandIn } from '../admin.testing';
import { DeskBench } from '../../../peer/src/operator-desk.testing';
import { limits as coreLimits } from '@weir/ppspp';
import { limits } from '../limits';
import { PrefetchWork } from './prefetch-work';

const one = idOf('a');
const noon = Date.UTC(2026, 0, 1, 12);
const year = 365 * 86_400_000;
let bench: DeskBench;
let peer: PeerStandIn;
let millis = 0;
let starts = 0;

beforeEach(() => {
  bench = DeskBench.start();
  peer = new PeerStandIn(bench);
  [millis, starts] = [0, 0];
});
afterEach(() => bench.close());

function prefetch(deadline?: string): PrefetchWork {
  const fetches = { start: () => Promise.resolve(starts++) };
  const swarm = { metadata: metadataOf(one), peers: [], trackers: [] };
  const request = { type: 'prefetch' as const, swarm, ...(deadline === undefined ? {} : { deadline }) };
  return new PrefetchWork(request, { peer, fetches, isShared: () => false }, () => millis);
}

const hold = (extentsHeld: number, sources: number): void => {
  peer.openSwarms.set(one, liveSwarm(one, { extentCount: 10, chunkCount: 640, extentsHeld, sources }));
};

it('gives up when not a byte came for long, by no clock that is set meanwhile', async () => {
  const work = prefetch();
  hold(1, 1);
  expect((await work.step(noon)).end).toBeUndefined();
  millis += limits.stalledMillis - 1;
  expect((await work.step(noon + year)).end).toBeUndefined();
  hold(2, 1);
  expect((await work.step(noon - year)).end).toBeUndefined();
  millis += limits.stalledMillis;
  expect((await work.step(noon - year)).end).toMatchObject({ state: 'failed', code: 'FETCH_STALLED' });
});

it('of a pinned swarm ends, and says why, when pins take all that they may', async () => {
  await bench.desk.revise(one, () => ({ pinned: true }));
  const work = prefetch();
  hold(1, 1);
  expect((await work.step(noon)).end).toBeUndefined();
  peer.usage = { ...peer.usage, policy: { ...peer.usage.policy, pinnedBytes: 2 ** 39 - 65_535 } };
  expect((await work.step(noon)).end).toMatchObject({ state: 'failed', code: 'PIN_LIMIT' });
});

it('has a rate that is kept to beside as many rules as there can be', () => {
  expect(coreLimits.swarmRulesMax).toBeGreaterThanOrEqual(bench.desk.rules.swarmRoom + limits.prefetchesMax);
});

it('says what keeps it from its deadline', async () => {
  await bench.desk.revise(one, () => ({ fetchRate: 2_000 }));
  const work = prefetch(new Date(noon + 60_000).toISOString());
  hold(1, 1);
  expect((await work.step(noon)).progress.note).toContain('the fetchRate of its swarm allows 2000');
  await bench.desk.revise(one, () => ({}));
  expect((await work.step(noon)).progress.note).toBeNull();
  peer.linkRates = { ...peer.linkRates, background: 0 };
  expect((await work.step(noon)).progress.note).toContain('fetch.backgroundRate (now) allows 0');
});

it('looks for peers again every half minute, also once the clock was set back', async () => {
  const work = prefetch('2030-01-01T00:00:00Z');
  hold(1, 0);
  await work.step(noon);
  millis += 29_999;
  await work.step(noon - year);
  expect(starts).toBe(1);
  millis += 1;
  await work.step(noon - year);
  expect(starts).toBe(2);
});
