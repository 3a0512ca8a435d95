import { Registration } from './registration';
import { settled, TestClock } from './registration.testing';
import type { TrackedPeer } from './tracked-peers';
import { LocalTracker } from './tracker-session.testing';

const first = 'http://first.example/';
const second = 'http://second.example/';

describe('a tracker of the next tier', () => {
  async function started() {
    const clock = new TestClock();
    const [one, two] = [new LocalTracker(clock), new LocalTracker(clock)];
    const registration = new Registration(
      {
        trackers: [{ url: first }, { url: second, tier: 2 }],
        addresses: [{ ip: '127.0.0.1', port: 7000 }],
        peerId: 'me',
        allowLoopback: true,
      },
      { clock, random: () => 1, client: (url) => (url === first ? one : two).client('me') },
    );
    registration.join('aa', 'LEECH');
    registration.start();
    await settled();
    const registered = () => [one.tracker.counts.peers, two.tracker.counts.peers];
    return { clock, registration, one, two, registered };
  }

  it('stands by while the first answers, and nobody asks it', async () => {
    const { clock, registration, two, registered } = await started();
    await clock.pass(300_000);
    await registration.peersFor('aa');
    expect(registered()).toEqual([1, 0]);
    expect(two.heard).toEqual([]);
    expect(registration.trackers).toMatchObject([
      { tier: 1, standby: false, state: 'connected' },
      { tier: 2, standby: true, state: 'connecting' },
    ]);
  });

  it('takes over when the first is gone, and is left when that has been back for a while', async () => {
    const { clock, registration, one, two, registered } = await started();
    one.mode = 'down';
    await clock.pass(60_000);
    expect(two.tracker.counts.peers).toBe(1);
    await two.client('other').join(['aa'], 'SEEDER', { addresses: [address('127.0.0.2')] });
    expect(await registration.peersFor('aa')).toHaveLength(1);
    one.mode = 'up';
    await clock.pass(60_000);
    expect(registered()).toEqual([1, 2]);
    await clock.pass(180_000);
    expect(registered()).toEqual([1, 1]);
    expect(registration.trackers).toMatchObject([
      { standby: false, state: 'connected' },
      { standby: true, swarms: 0 },
    ]);
  });

  it('is given up without a word if it is gone itself', async () => {
    const { clock, registration, one, two } = await started();
    one.mode = 'down';
    await clock.pass(60_000);
    two.mode = 'down';
    one.mode = 'up';
    await clock.pass(300_000);
    expect(registration.trackers).toMatchObject([{ state: 'connected' }, { standby: true, swarms: 0 }]);
    two.mode = 'up';
    two.news();
    await clock.pass(300_000);
    expect(two.news()).toEqual([]);
  });

  it('is used like another first one if it is of another group', async () => {
    const clock = new TestClock();
    const trackers = [new LocalTracker(clock), new LocalTracker(clock)];
    const registration = new Registration(
      { trackers: [{ url: first }, { url: second, tier: 2, group: 'other' }], addresses: [] },
      { clock, client: (url) => (trackers[url === first ? 0 : 1] ?? new LocalTracker(clock)).client('me') },
    );
    registration.join('aa', 'LEECH');
    registration.start();
    await settled();
    expect(trackers.map(({ tracker }) => tracker.counts.peers)).toEqual([1, 1]);
  });
});

describe('peers', () => {
  it('are handed on as each tracker answers', async () => {
    const clock = new TestClock();
    const [quick, slow] = [new LocalTracker(clock), new LocalTracker(clock)];
    const registration = new Registration(
      { trackers: [first, second], addresses: [], allowLoopback: true },
      { clock, client: (url) => (url === first ? quick : slow).client('me') },
    );
    registration.join('aa', 'LEECH');
    registration.start();
    await settled();
    await quick.client('one').join(['aa'], 'SEEDER', { addresses: [address('127.0.0.2')] });
    slow.mode = 'silent';
    const found: (readonly TrackedPeer[])[] = [];
    const all = registration.peersFor('aa', (peers) => found.push(peers));
    const others: (readonly TrackedPeer[])[] = [];
    const same = registration.peersFor('aa', (peers) => others.push(peers));
    await settled();
    expect(found).toMatchObject([[{ peerId: 'one' }]]);
    expect(others).toEqual(found);
    await clock.pass(5_000);
    expect(await all).toEqual(found[0]);
    expect(await same).toEqual(found[0]);
    // From memory: once, with all of them.
    const later: (readonly TrackedPeer[])[] = [];
    await registration.peersFor('aa', (peers) => later.push(peers));
    expect(later).toEqual([found[0]]);
  });
});

function address(ip: string) {
  return { ip, port: 7000, priority: 1, type: 'HOST' } as const;
}
