import { decodeResponse, encodeRequest, type Request, Tracker } from '@weir/ppstp';
import { Registry } from 'prom-client';

import { createTrackerMetrics } from './metrics';
import { planTracker } from './plan';
import type { TrackerSettings } from './settings';
import { type Answer, TrackerService } from './tracker.service';

const from = { ip: '127.0.0.1', port: 1 };
const join: Request = {
  type: 'CONNECT',
  transactionId: '1',
  peerId: 'ab',
  addresses: [],
  actions: [{ swarmId: '11', action: 'JOIN', mode: 'SEEDER' }],
};

function serve(settings: Partial<TrackerSettings> = {}) {
  const registry = new Registry();
  const plan = planTracker({ listen: '127.0.0.1:1', ...settings });
  const service = new TrackerService(plan, new Tracker(plan.options, Math.random), createTrackerMetrics(registry));
  const ask = async (request: Request, ip = from.ip): Promise<Answer> =>
    service.answer(encodeRequest(request), { from: { ip, port: 1 }, proof: {} });
  return { service, registry, ask };
}

describe('the tracker service', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('forgets silent peers though nobody asks', async () => {
    const { service, registry, ask } = serve();
    service.onModuleInit();
    expect(await ask(join)).toMatchObject({ errorCode: 0 });
    expect(await registry.metrics()).toContain('ppstp_tracker_peers 1');
    jest.advanceTimersByTime(185_000);
    expect(await registry.metrics()).toContain('ppstp_tracker_peers 0');
    expect(await registry.metrics()).toContain('ppstp_tracker_expired_peers_total 1');
    service.onModuleDestroy();
    expect(jest.getTimerCount()).toBe(0);
  });

  it('answers 04 where it failed itself, 05 where it has no room', () => {
    const { service } = serve();
    expect(decodeResponse(service.refuse('tracker').text)).toMatchObject({ message: { errorCode: 4 } });
    expect(decodeResponse(service.refuse('load').text)).toMatchObject({ message: { errorCode: 5 } });
  });

  it('answers a repeated transaction as before, whatever the request would mean now (RFC 7846 section 4.3)', async () => {
    const { registry, ask } = serve();
    const leave: Request = {
      ...join,
      transactionId: '2',
      actions: [{ ...join.actions[0], swarmId: '11', action: 'LEAVE', mode: 'SEEDER' }],
    };
    const [joined, left] = [await ask(join), await ask(leave)];
    expect([joined.errorCode, left.errorCode]).toEqual([0, 0]);
    expect(await ask(leave)).toEqual(left);
    expect(await registry.metrics()).toContain('ppstp_tracker_repeated_requests_total 1');
    // Another transaction is another request; so is the same one from elsewhere.
    expect(await ask({ ...leave, transactionId: '3' })).toMatchObject({ errorCode: 3 });
    expect(await ask({ ...leave, transactionId: '3' })).toMatchObject({ errorCode: 3 });
    expect(await ask(leave, '127.0.0.2')).toMatchObject({ errorCode: 3 });
  });

  it('answers a flood of new peers from one prefix with 05, and goes on serving those that it knows', async () => {
    const { ask } = serve({ limits: { registrationsPerSecond: 1 } });
    expect(await ask(join)).toMatchObject({ errorCode: 0 });
    const newcomer = (at: number): Request => ({ ...join, peerId: `c${String(at)}` });
    const flood = await Promise.all(Array.from({ length: 30 }, (_, at) => ask(newcomer(at))));
    expect(flood.filter(({ errorCode }) => errorCode === 5)).toHaveLength(30 - 9);
    expect(await ask(newcomer(99), '127.0.1.1')).toMatchObject({ errorCode: 0 });
    const report: Request = { type: 'STAT_REPORT', transactionId: 'r', peerId: 'ab', stats: [] };
    expect(await ask(report)).toMatchObject({ errorCode: 0 });
  });

  it('asks nobody in that proves no name, where it is told to', async () => {
    const { service, ask } = serve({ authentication: { digest: 'always', usersFile: '/users' } });
    expect(decodeResponse((await ask(join)).text)).toMatchObject({ message: { errorCode: 6, transactionId: '1' } });
    const proof = { principal: { name: 'anna', via: 'digest' } } as const;
    expect(await service.answer(encodeRequest(join), { from, proof })).toMatchObject({ errorCode: 0 });
  });
});
