import type { Candidate } from '@weir/ppspp';
import { startTracker, type RunningTracker } from '@weir/tracker';
import { Announcement, type AnnouncementPlan } from './announcement';

const swarmId = 'ab'.repeat(20);
let tracker: RunningTracker;

beforeAll(async () => (tracker = await startTracker({ listen: '127.0.0.1:0' })));
afterAll(() => tracker.close());

function announced(change: Partial<AnnouncementPlan>) {
  let found: (peers: readonly Candidate[]) => void = () => undefined;
  let changed: (line: string) => void = () => undefined;
  const peers = new Promise<readonly Candidate[]>((resolve) => (found = resolve));
  const line = new Promise<string>((resolve) => (changed = resolve));
  const announcement = new Announcement({
    trackers: [tracker.url],
    address: { ip: '127.0.0.1', port: 7001 },
    swarmId,
    mode: 'LEECH',
    onPeers: (candidates) => candidates.length > 0 && found(candidates),
    onChange: (text) => changed(text),
    ...change,
  });
  announcement.start();
  return { announcement, peers, line };
}

it('brings a leecher and a seeder together', async () => {
  const seeder = announced({ mode: 'SEEDER', address: { ip: '127.0.0.1', port: 7002 } });
  await seeder.announcement.answered;
  const leecher = announced({});
  expect(await leecher.peers).toEqual([{ address: { ip: '127.0.0.1', port: 7002 }, priority: 1 }]);
  await Promise.all([seeder.announcement.stop(), leecher.announcement.stop()]);
});

it('announces a wildcard socket at an address of this machine', async () => {
  const other = 'cd'.repeat(20);
  const seeder = announced({ swarmId: other, mode: 'SEEDER', address: { ip: '0.0.0.0', port: 7003 } });
  await seeder.announcement.answered;
  const leecher = announced({ swarmId: other });
  expect((await leecher.peers)[0]?.address.port).toBe(7003);
  await Promise.all([seeder.announcement.stop(), leecher.announcement.stop()]);
});

it('fails only if no tracker at all can be reached', async () => {
  const none = announced({ trackers: ['http://127.0.0.1:1/'] });
  await expect(none.announcement.unreachable).rejects.toMatchObject({ code: 'TRACKER_UNREACHABLE' });
  await none.announcement.stop();
  const some = announced({ trackers: ['http://127.0.0.1:1/', tracker.url] });
  expect(await some.line).toBe('tracker http://127.0.0.1:1/ failed: ECONNREFUSED');
  await some.announcement.answered;
  const outcome = await Promise.race([some.announcement.unreachable, Promise.resolve('still waiting')]);
  expect(outcome).toBe('still waiting');
  await some.announcement.stop();
});

it('does nothing without trackers', async () => {
  const { announcement } = announced({ trackers: [] });
  await announcement.stop();
});
