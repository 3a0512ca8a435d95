import { type RunningTracker, startTracker } from '@weir/tracker';
import { Registry } from 'prom-client';

import { PpstpClient } from './client/ppstp-client';
import { createRegistrationMetrics } from './metrics';
import { Registration, type RegistrationWorld } from './registration';
import { HostileTracker, responseTo, settled, TestClock, until } from './registration.testing';
import { LocalTracker } from './tracker-session.testing';

const lab = { addresses: [{ ip: '127.0.0.1', port: 7000 }], peerId: 'me', allowLoopback: true };

describe('a look-up', () => {
  const clock = new TestClock();
  const running: Registration[] = [];
  afterEach(async () => {
    for (const registration of running.splice(0)) await registration.stop();
  });

  async function started(trackers: Readonly<Record<string, LocalTracker>>, world: RegistrationWorld = {}) {
    const registration = new Registration(
      { ...lab, trackers: Object.keys(trackers) },
      { clock, client: (url) => (trackers[url] ?? new LocalTracker(clock)).client('me'), ...world },
    );
    running.push(registration);
    registration.join('aa', 'LEECH');
    registration.start();
    await settled();
    return registration;
  }

  async function neighbours(tracker: LocalTracker, swarmId: string, ...ips: string[]) {
    for (const ip of ips) {
      const addresses = [{ ip, port: 7000, priority: 1, type: 'HOST' as const }];
      await tracker.client(`peer ${ip}`.replace(' ', '-')).join([swarmId], 'SEEDER', { addresses });
    }
    tracker.news();
  }

  it('has what came with the JOIN for many at a time, and asks only when that is old', async () => {
    const registry = new Registry();
    const tracker = new LocalTracker(clock);
    await neighbours(tracker, 'aa', '127.0.0.2');
    const registration = await started({ 'http://one/': tracker }, { metrics: createRegistrationMetrics(registry) });
    tracker.news();
    const answers = await Promise.all(Array.from({ length: 20 }, () => registration.peersFor('aa')));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0]).toEqual([{ peerId: 'peer-127.0.0.2', address: { ip: '127.0.0.2', port: 7000 }, priority: 1 }]);
    expect(await registration.peersFor('aa')).toEqual(answers[0]);
    expect(tracker.news()).toEqual([]);
    expect(await registry.metrics()).toContain('ppstp_client_lookups_total 1');
    jest.useFakeTimers({ now: Date.now() + 15_001, doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] });
    try {
      await registration.peersFor('aa');
    } finally {
      jest.useRealTimers();
    }
    expect(tracker.news()).toEqual(['FIND aa']);
  });

  it('keeps two swarms apart', async () => {
    const tracker = new LocalTracker(clock);
    await neighbours(tracker, 'aa', '127.0.0.2');
    await neighbours(tracker, 'bb', '127.0.0.3');
    const registration = await started({ 'http://one/': tracker });
    const [one, other] = await Promise.all([registration.peersFor('aa'), registration.peersFor('bb')]);
    expect([one[0]?.address.ip, other[0]?.address.ip]).toEqual(['127.0.0.2', '127.0.0.3']);
  });

  it('makes one list of those of all trackers', async () => {
    const trackers = { 'http://one/': new LocalTracker(clock), 'http://two/': new LocalTracker(clock) };
    await neighbours(trackers['http://one/'], 'aa', '127.0.0.2', '127.0.0.3');
    await neighbours(trackers['http://two/'], 'aa', '127.0.0.3', '127.0.0.4');
    const peers = await (await started(trackers)).peersFor('aa');
    expect(peers.map(({ address }) => address.ip).sort()).toEqual(['127.0.0.2', '127.0.0.3', '127.0.0.4']);
  });

  it('does not wait for a tracker that is slow', async () => {
    const trackers = { 'http://one/': new LocalTracker(clock), 'http://two/': new LocalTracker(clock) };
    await neighbours(trackers['http://one/'], 'aa', '127.0.0.2');
    const registration = await started(trackers);
    trackers['http://two/'].mode = 'silent';
    const peers = registration.peersFor('aa');
    await settled();
    await clock.pass(5_000);
    expect(await peers).toHaveLength(1);
    const stop = registration.stop();
    await settled();
    await clock.pass(2_000);
    await stop;
  });

  it('of a swarm that nobody is in finds nobody, and leaves us registered', async () => {
    const tracker = new LocalTracker(clock);
    const registration = await started({ 'http://one/': tracker });
    tracker.news();
    expect(await registration.peersFor('bb')).toEqual([]);
    expect(tracker.news()).toEqual(['FIND bb', 'STAT_REPORT x0']);
    expect(registration.trackers).toMatchObject([{ state: 'connected', swarms: 1 }]);
  });

  it('waits for a JOIN that is under way', async () => {
    const tracker = new LocalTracker(clock);
    await neighbours(tracker, 'aa', '127.0.0.2');
    const registration = new Registration(
      { ...lab, trackers: ['http://one/'] },
      { clock, client: () => tracker.client('me') },
    );
    running.push(registration);
    registration.start();
    registration.join('aa', 'LEECH');
    expect(await registration.peersFor('aa')).toHaveLength(1);
  });
});

describe('a registration over HTTP', () => {
  it('survives a tracker that is restarted, and finds the super node first', async () => {
    const settings = { listen: '127.0.0.1:0', superNodes: ['127.0.0.3'] };
    let tracker: RunningTracker = await startTracker(settings);
    const registration = new Registration({
      ...lab,
      trackers: [tracker.url],
      reportSeconds: 0.01,
      lookupSeconds: 0.01,
    });
    registration.join('aa', 'LEECH');
    registration.start();
    await until(() => registration.trackers[0]?.state === 'connected');
    const listen = new URL(tracker.url).host;
    await tracker.close();
    await until(() => registration.trackers[0]?.state === 'failed');
    tracker = await startTracker({ ...settings, listen });
    await until(() => registration.trackers[0]?.state === 'connected');
    for (const ip of ['127.0.0.2', '127.0.0.3']) {
      const client = new PpstpClient({ url: tracker.url, peerId: ip, requestMillis: 5_000 });
      await client.join(['aa'], 'SEEDER', { addresses: [{ ip, port: 7000, priority: 1, type: 'HOST' }] });
      await client.close();
    }
    expect(await registration.peersFor('aa')).toEqual([
      { peerId: '127.0.0.3', address: { ip: '127.0.0.3', port: 7000 }, priority: 2 },
      { peerId: '127.0.0.2', address: { ip: '127.0.0.2', port: 7000 }, priority: 1 },
    ]);
    await registration.stop();
    const metrics = await (await fetch(new URL('/metrics', tracker.url))).text();
    expect(metrics).toContain('ppstp_tracker_peers 2');
    await tracker.close();
  });

  it('believes nothing that a hostile tracker lists', async () => {
    const ips = ['127.0.0.9', '224.0.0.1', '0.0.0.0', '192.0.2.7', '169.254.169.254', 'ff02::1'];
    const peers = ips.map((ip) => ({ peerId: ip, address: { ip, port: 1, priority: 1, type: 'HOST' as const } }));
    const tracker = await HostileTracker.start((body, response) => {
      response.end(responseTo(body, { results: [{ swarmId: 'aa', successful: true, peers }] }));
    });
    const addresses = [{ ip: '192.0.2.1', port: 7000 }];
    // By itself it would not speak to a tracker on this host either.
    const client = (url: string) => new PpstpClient({ url, peerId: 'me', requestMillis: 5_000 });
    const registration = new Registration({ trackers: [tracker.url], addresses }, { client });
    registration.join('aa', 'LEECH');
    registration.start();
    expect((await registration.peersFor('aa')).map(({ address }) => address.ip)).toEqual(['192.0.2.7']);
    await registration.stop();
    await tracker.close();
  });
});
