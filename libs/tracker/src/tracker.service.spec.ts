import { decodeResponse, encodeRequest } from '@weir/ppstp';
import { Registry } from 'prom-client';

import { createTrackerMetrics } from './metrics';
import { planTracker } from './plan';
import { TrackerService } from './tracker.service';

describe('the tracker service', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('forgets silent peers though nobody asks', async () => {
    const registry = new Registry();
    const service = new TrackerService(planTracker({ listen: '127.0.0.1:1' }), createTrackerMetrics(registry));
    service.onModuleInit();
    const join = { swarmId: '11', action: 'JOIN', mode: 'SEEDER' } as const;
    const request = { type: 'CONNECT', transactionId: '1', peerId: 'ab', addresses: [], actions: [join] } as const;
    expect(read(await service.answer(encodeRequest(request), { ip: '127.0.0.1', port: 1 })).ok).toBe(true);
    expect(await registry.metrics()).toContain('ppstp_tracker_peers 1');
    jest.advanceTimersByTime(185_000);
    expect(await registry.metrics()).toContain('ppstp_tracker_peers 0');
    expect(await registry.metrics()).toContain('ppstp_tracker_expired_peers_total 1');
    service.onModuleDestroy();
    expect(jest.getTimerCount()).toBe(0);
  });

  it('answers 04 where it failed itself', () => {
    const service = new TrackerService(planTracker({ listen: '127.0.0.1:1' }), createTrackerMetrics(new Registry()));
    expect(read(service.refuse('tracker'))).toMatchObject({ message: { errorCode: 4 } });
  });
});

function read(body: Uint8Array) {
  return decodeResponse(Buffer.from(body).toString());
}
