import { errorCodes, type PeerMode, type Response, type SwarmAction } from '@weir/ppstp';

import type { Answer } from './client/ppstp-client';
import type { Cancel, Clock } from './clock';
import { Registration } from './registration';
import type { SessionClient } from './session/session-client';
import { dice } from './strict-lab.testing';

const clientsMax = 1_000;
const url = 'http://tracker.example/';

/** Far below any pause of a client's. */
const bucketMillis = 20;

/** A clock for many clients: tasks in the order of their time, in buckets of some milliseconds. */
class CrowdClock implements Clock {
  private time = 1_700_000_000_000;
  private readonly buckets = new Map<number, Set<() => void>>();

  now(): number {
    return this.time;
  }

  after(millis: number, task: () => void): Cancel {
    const at = this.time + bucketMillis * Math.max(1, Math.round(millis / bucketMillis));
    const bucket = this.buckets.get(at) ?? new Set();
    this.buckets.set(at, bucket);
    const entry = () => task();
    bucket.add(entry);
    return () => bucket.delete(entry);
  }

  async pass(millis: number): Promise<void> {
    for (const end = this.time + millis; this.time < end;) {
      this.time += bucketMillis;
      const bucket = this.buckets.get(this.time);
      this.buckets.delete(this.time);
      if (bucket === undefined) continue;
      for (const task of bucket) task();
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

/** A tracker that counts what comes in each second, and answers 05 to what is more than it can take. */
class Busy {
  readonly registered = new Map<string, number>();
  readonly perSecond = new Map<number, number>();
  down = false;
  perSecondMax = Infinity;

  constructor(private readonly clock: Clock) {}

  client(): SessionClient {
    return {
      connect: (actions, { peerId = '' } = {}) => this.answer(() => this.connect(peerId, actions)),
      find: () => this.answer(() => true),
      statReport: (_, { peerId = '' } = {}) => this.answer(() => this.registered.has(peerId)),
      close: () => Promise.resolve(),
    };
  }

  /** The most requests in a second since the last time that this was asked. */
  peak(): number {
    const peak = Math.max(0, ...this.perSecond.values());
    this.perSecond.clear();
    return peak;
  }

  private async answer(act: () => boolean): Promise<Answer> {
    const second = Math.floor(this.clock.now() / 1_000);
    const before = this.perSecond.get(second) ?? 0;
    this.perSecond.set(second, before + 1);
    await Promise.resolve();
    if (this.down) return { ok: false, fault: 'unreachable', reason: 'ECONNREFUSED' };
    if (before >= this.perSecondMax) return answered(errorCodes.serviceUnavailable);
    return answered(act() ? errorCodes.noError : errorCodes.forbiddenAction);
  }

  private connect(peerId: string, actions: readonly SwarmAction[]): boolean {
    const isKnown = this.registered.has(peerId);
    if (isKnown && actions.some(({ mode }) => mode === 'SEEDER')) return false;
    this.registered.set(peerId, actions.length + (this.registered.get(peerId) ?? 0));
    return true;
  }
}

function answered(errorCode: number): Answer {
  const response: Response = { transactionId: 't', errorCode, results: [] };
  return { ok: true, response };
}

describe('a thousand clients, and a tracker that comes back', () => {
  const swarms: readonly (readonly [string, PeerMode])[] = [
    ['aa', 'LEECH'],
    ['bb', 'SEEDER'],
  ];

  async function crowd(seed: number) {
    const clock = new CrowdClock();
    const tracker = new Busy(clock);
    const random = dice(seed);
    const settings = { trackers: [url], addresses: [{ ip: '192.0.2.1', port: 7000 }] };
    const clients = Array.from({ length: clientsMax }, () => {
      const registration = new Registration(settings, { clock, random, client: () => tracker.client() });
      for (const [swarmId, mode] of swarms) registration.join(swarmId, mode);
      return registration;
    });
    // They did not start together.
    for (const client of clients) {
      clock.after(60_000 * random(), () => client.start());
    }
    await clock.pass(120_000);
    /** The tracker is gone when a match begins: everyone finds out in the same second. */
    const lose = (): void => {
      tracker.down = true;
      tracker.registered.clear();
      for (const client of clients) client.join('cc', 'LEECH');
    };
    const allRegistered = () => clients.every(({ trackers: [one] }) => one?.swarms === swarms.length + 1);
    return { clock, tracker, lose, allRegistered };
  }

  it.each([
    // In the second that they lost it, a thousand requests failed.
    ['a second', 1_000, clientsMax],
    // Two identities each, a report and a registration for each of them: 4,000 requests, in a minute if well spread.
    ['ten minutes', 600_000, 200],
  ])('after %s, with nothing in its memory, sees no herd', async (_, millis, peakMax) => {
    const { clock, tracker, lose, allRegistered } = await crowd(1);
    lose();
    await clock.pass(millis);
    tracker.peak();
    tracker.down = false;
    await clock.pass(180_000);
    expect(tracker.peak()).toBeLessThan(peakMax);
    expect(tracker.registered.size).toBe(2 * clientsMax);
    expect(allRegistered()).toBe(true);
  });

  it('and can take few of them at a time gets all of them back', async () => {
    const { clock, tracker, lose, allRegistered } = await crowd(2);
    lose();
    await clock.pass(300_000);
    tracker.down = false;
    tracker.perSecondMax = 60;
    tracker.peak();
    await clock.pass(400_000);
    expect(tracker.peak()).toBeLessThan(200);
    expect(tracker.registered.size).toBe(2 * clientsMax);
    expect(allRegistered()).toBe(true);
  });
});
