import type { StreamStats } from '@weir/ppstp';
import { Registry } from 'prom-client';

import { createRegistrationMetrics } from './metrics';
import { Registration, type RegistrationWorld } from './registration';
import { settled, TestClock } from './registration.testing';
import type { RegistrationSettings } from './settings';
import { LocalTracker } from './tracker-session.testing';

const url = 'http://tracker.example/';
const other = 'http://other.example/';

function hex(at: number): string {
  return at.toString(16).padStart(40, '0');
}

/** A registration at one tracker, or at two, in a world where nothing happens by itself. */
class Lab {
  readonly clock = new TestClock();
  readonly one = new LocalTracker(this.clock);
  readonly two = new LocalTracker(this.clock);
  readonly registry = new Registry();
  stats: readonly StreamStats[] | Promise<readonly StreamStats[]> = [];
  private readonly metrics = createRegistrationMetrics(this.registry);

  registration(settings: Partial<RegistrationSettings> = {}, world: RegistrationWorld = {}): Registration {
    const all = { trackers: [url], addresses: [address('127.0.0.1')], peerId: 'me', allowLoopback: true, ...settings };
    return new Registration(all, {
      clock: this.clock,
      random: () => 1,
      metrics: this.metrics,
      counters: () => this.stats,
      client: (of) => (of === url ? this.one : this.two).client('me'),
      ...world,
    });
  }

  async started(settings: Partial<RegistrationSettings> = {}): Promise<Registration> {
    const registration = this.registration(settings);
    registration.join('aa', 'LEECH');
    registration.start();
    await settled();
    this.one.news();
    return registration;
  }

  /** Somebody else, in swarm aa at the tracker. */
  async neighbour(tracker = this.one, ip = '127.0.0.2', swarmId = 'aa'): Promise<void> {
    const addresses = [{ ...address(ip), priority: 1, type: 'HOST' as const }];
    await tracker.client(ip).join([swarmId], 'SEEDER', { addresses });
    tracker.news();
  }
}

describe('a registration', () => {
  it('sends nothing before it starts, and then everything, modes apart', async () => {
    const lab = new Lab();
    const registration = lab.registration();
    registration.join('aa', 'SEEDER');
    registration.join('bb', 'LEECH');
    registration.join('cc', 'SEEDER');
    await settled();
    expect(lab.one.news()).toEqual([]);
    expect(registration.trackers).toMatchObject([{ url, state: 'connecting', swarms: 0 }]);
    registration.start();
    await settled();
    expect(lab.one.news()).toEqual(['CONNECT JOIN:LEECH x1', 'CONNECT JOIN:SEEDER x2']);
    expect(lab.one.tracker.counts.peers).toBe(2);
    expect(registration.trackers).toMatchObject([
      { url, state: 'connected', lastContact: lab.clock.now(), swarms: 3, identities: 2 },
    ]);
  });

  it('tells of what is joined and left later, once each, and of a SEEDER only at a start (RFC 7846 section 4.1.1)', async () => {
    const lab = new Lab();
    const registration = await lab.started();
    registration.join('bb', 'SEEDER');
    registration.join('bb', 'SEEDER');
    await settled();
    registration.join('aa', 'SEEDER');
    await settled();
    registration.leave('bb');
    registration.leave('bb');
    await settled();
    expect(lab.one.news()).toEqual(['CONNECT JOIN:SEEDER x1', 'CONNECT LEAVE:SEEDER x1']);
    expect(lab.one.tracker.counts).toMatchObject({ peers: 1, memberships: 1 });
  });

  it('sends many swarms in as many requests as they need', async () => {
    const lab = new Lab();
    const registration = await lab.started();
    for (let at = 0; at < 250; at++) registration.join(hex(at), 'SEEDER');
    await settled();
    expect(lab.one.tracker.counts).toMatchObject({ memberships: 251 });
    expect(lab.one.news().length).toBeLessThan(6);
  });

  it('takes no more swarms than its bound', () => {
    const registration = new Lab().registration();
    for (let at = 0; at < 16_384; at++) registration.join(hex(at), 'SEEDER');
    expect(registration.join('ff', 'SEEDER')).toBe(false);
    expect(registration.join(hex(0), 'LEECH')).toBe(true);
    registration.leave(hex(1));
    expect(registration.join('ff', 'SEEDER')).toBe(true);
  });

  it('joins a new swarm before it leaves the last one, which would end it', async () => {
    const lab = new Lab();
    const registration = await lab.started();
    registration.join('bb', 'LEECH');
    registration.leave('aa');
    await settled();
    expect(lab.one.news()).toEqual(['CONNECT JOIN:LEECH x1', 'CONNECT LEAVE:LEECH x1', 'STAT_REPORT x1']);
  });

  it('leaves all swarms when it stops, and asks for nothing afterwards', async () => {
    const lab = new Lab();
    const registration = await lab.started();
    await registration.stop();
    expect(lab.one.news()).toEqual(['CONNECT LEAVE:LEECH x1']);
    expect(lab.one.tracker.counts.peers).toBe(0);
    registration.join('bb', 'LEECH');
    registration.start();
    expect(await registration.peersFor('aa')).toEqual([]);
    await lab.clock.pass(600_000);
    expect(lab.one.news()).toEqual([]);
    expect(lab.clock.pending).toBe(0);
  });

  it('stops in time, though a tracker keeps silent', async () => {
    const lab = new Lab();
    const registration = await lab.started();
    lab.one.mode = 'silent';
    let stopped = false;
    void registration.stop().then(() => (stopped = true));
    await lab.clock.pass(1_999);
    expect(stopped).toBe(false);
    await lab.clock.pass(1);
    expect(stopped).toBe(true);
  });

  it('stops at once if it never started', async () => {
    const lab = new Lab();
    await lab.registration().stop();
    expect(lab.clock.pending).toBe(0);
  });
});

describe('reports', () => {
  const stats = (swarmId: string): StreamStats => ({
    swarmId,
    uploadedBytes: 10,
    downloadedBytes: 20,
    availableBandwidth: 30,
    concurrentLinks: 2,
  });

  it('come once a minute, of the swarms that we are in (RFC 7846 section 2.2)', async () => {
    const lab = new Lab();
    lab.stats = [stats('aa'), stats('zz')];
    await lab.started();
    await lab.clock.pass(120_000);
    expect(lab.one.news()).toEqual(['STAT_REPORT x1', 'STAT_REPORT x1']);
  });

  it('are a sign of life where there is nothing to say, and where the counters fail', async () => {
    const lab = new Lab();
    await lab.started();
    await lab.clock.pass(60_000);
    const lost = Promise.reject(new Error('the worker is gone'));
    lost.catch(() => undefined);
    lab.stats = lost;
    await lab.clock.pass(60_000);
    expect(lab.one.news()).toEqual(['STAT_REPORT x0', 'STAT_REPORT x0']);
  });

  it('keep us registered', async () => {
    const lab = new Lab();
    await lab.started();
    await lab.clock.pass(1_000_000);
    expect(lab.one.tracker.expire(lab.clock.now() * 1000)).toBe(0);
    expect(lab.one.tracker.counts.peers).toBe(1);
  });
});

describe('a tracker in trouble', () => {
  it('gets us back when it has restarted, with the next report', async () => {
    const lab = new Lab();
    const registration = await lab.started();
    lab.one.restart();
    await lab.clock.pass(60_000);
    expect(lab.one.news()).toEqual(['STAT_REPORT x0', 'CONNECT JOIN:LEECH x1']);
    expect(registration.trackers).toMatchObject([{ state: 'connected', swarms: 1 }]);
  });

  it('gets us back when it has restarted, with the next look-up', async () => {
    const lab = new Lab();
    const registration = await lab.started();
    lab.one.restart();
    await lab.neighbour();
    expect(await registration.peersFor('aa')).toHaveLength(1);
    expect(lab.one.news()).toEqual(['FIND aa', 'CONNECT JOIN:LEECH x1', 'FIND aa']);
  });

  it('is tried again after growing pauses, and told everything when it is there', async () => {
    const lab = new Lab();
    lab.one.mode = 'down';
    const registration = await lab.started();
    expect(registration.trackers).toMatchObject([{ state: 'failed', lastError: 'ECONNREFUSED', swarms: 0 }]);
    expect(await registration.peersFor('aa')).toEqual([]);
    registration.join('bb', 'LEECH');
    await lab.clock.pass(4_000 + 8_000 + 16_000);
    lab.one.mode = 'up';
    await lab.clock.pass(31_999);
    expect(lab.one.news()).toEqual([]);
    await lab.clock.pass(1);
    expect(lab.one.news()).toEqual(['CONNECT JOIN:LEECH x1', 'CONNECT JOIN:LEECH x1']);
    expect(registration.trackers).toMatchObject([{ state: 'connected', lastError: undefined, swarms: 2 }]);
  });

  it('is tried again at least as often as it would get reports', async () => {
    const lab = new Lab();
    lab.one.mode = 'down';
    await lab.started();
    await lab.clock.pass(3_600_000);
    lab.one.mode = 'up';
    await lab.clock.pass(60_000);
    expect(lab.one.news()).toEqual(['CONNECT JOIN:LEECH x1']);
  });

  it('is tried again soon after a look-up that failed', async () => {
    const lab = new Lab();
    const registration = await lab.started();
    lab.one.mode = 'down';
    expect(await registration.peersFor('bb')).toEqual([]);
    expect(registration.trackers).toMatchObject([{ state: 'failed' }]);
    lab.one.mode = 'up';
    await lab.clock.pass(4_000);
    expect(registration.trackers).toMatchObject([{ state: 'connected' }]);
  });

  it('may be overloaded', async () => {
    const lab = new Lab();
    lab.one.mode = 'overloaded';
    const registration = await lab.started();
    expect(registration.trackers).toMatchObject([
      { state: 'failed', lastError: 'refuses us: error 05 (service unavailable)' },
    ]);
    expect(registration.trackers[0]?.lastContact).toBe(lab.clock.now());
  });

  it('is none for a SEEDER that starts to offer more, which table 6 allows under another peer ID only', async () => {
    const lab = new Lab();
    const registration = lab.registration();
    registration.join('aa', 'SEEDER');
    registration.start();
    await settled();
    registration.join('bb', 'SEEDER');
    await settled();
    expect(lab.one.news()).toEqual(['CONNECT JOIN:SEEDER x1', 'CONNECT JOIN:SEEDER x1']);
    expect(lab.one.tracker.counts.memberships).toBe(2);
  });

  it('is no trouble to the others', async () => {
    const lab = new Lab();
    lab.two.mode = 'down';
    await lab.neighbour();
    const registration = await lab.started({ trackers: [other, url] });
    expect(registration.trackers.map(({ state }) => state)).toEqual(['failed', 'connected']);
    expect(await registration.peersFor('aa')).toHaveLength(1);
    await registration.stop();
    expect(lab.one.tracker.counts.peers).toBe(1);
  });

  it('is told of where it is counted', async () => {
    const lab = new Lab();
    lab.two.mode = 'down';
    const changes: string[] = [];
    const changed: RegistrationWorld['changed'] = ({ url: of, state }) => changes.push(`${of} ${state}`);
    const registration = lab.registration({ trackers: [url, other] }, { changed });
    registration.join('aa', 'LEECH');
    registration.start();
    await settled();
    expect(changes.sort()).toEqual([`${other} failed`, `${url} connected`]);
    const metrics = await lab.registry.metrics();
    expect(metrics).toContain('ppstp_client_trackers{state="connecting"} 0');
    expect(metrics).toContain('ppstp_client_trackers{state="connected"} 1');
    expect(metrics).toContain('ppstp_client_trackers{state="failed"} 1');
  });
});

function address(ip: string) {
  return { ip, port: 7000 };
}
