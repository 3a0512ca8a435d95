import { AdminApp } from './admin.testing';
import { healthView, readyView } from './health-view';
import { problemView } from './problem';
import { statusView } from './status-view';
import { trackersView } from './tracker-view';

let admin: AdminApp;

beforeEach(async () => {
  admin = await AdminApp.start();
});
afterEach(() => admin.close());

const closed = { name: 'peer', ready: false, reason: 'the data path is not up yet', remedy: 'wait' } as const;
const unmet = { name: 'peer', reason: closed.reason, remedy: closed.remedy };

describe('GET /v1/status', () => {
  it('shows traffic and store', async () => {
    admin.peer.totals = { channels: 7, fetchedBytes: 100, servedBytes: 390, hitBytes: 300, missBytes: 100 };
    const passed = { contentBytes: 200, byteHitRatio: 0.5 };
    admin.interception.status = { enabled: true, epochSeconds: 12, passed, popular: [{ swarmId: 'ab', score: 1.5 }] };
    admin.peer.usage = { ...admin.peer.usage, storedBytes: 5_000, capacityBytes: 10_000, swarms: 1, extents: 2 };
    admin.peer.addresses = [
      { ip: '192.0.2.1', port: 6778 },
      { ip: '2001:db8::1', port: 6778 },
    ];
    const { status, json } = await admin.request('GET', '/v1/status');
    expect(status).toBe(200);
    expect(statusView.strict().parse(json)).toEqual({
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      uptimeSeconds: expect.any(Number),
      ready: true,
      unmet: [],
      addresses: ['192.0.2.1:6778', '[2001:db8::1]:6778'],
      channels: 7,
      byteHitRatio: 0.75,
      byteHitRatioEstimate: 0.5,
      passedBytesEstimate: 200,
      intercept: { enabled: true, diverting: true, epochSeconds: 12, popular: [{ swarmId: 'ab', score: 1.5 }] },
      store: { condition: 'working', code: null, reason: null },
      cacheInBytes: 100,
      cacheOutBytes: 390,
      hitBytes: 300,
      missBytes: 100,
      storedBytes: 5_000,
      capacityBytes: 10_000,
      usableBytes: 2 ** 40,
    });
  });

  it('has no hit ratio before anybody has asked for anything', async () => {
    expect((await admin.request('GET', '/v1/status')).json).toMatchObject({
      byteHitRatio: null,
      byteHitRatioEstimate: null,
      intercept: { enabled: false, diverting: false, epochSeconds: null, popular: [] },
    });
  });

  it.each([
    [{ reason: 'loading' as const }, { condition: 'loading', code: null, reason: null }],
    [
      { reason: 'slow' as const, message: 'late' },
      { condition: 'slow', code: null, reason: 'late' },
    ],
    [
      { reason: 'down' as const, code: 'STORE_FAILED', message: 'STORE_FAILED: the disk is gone' },
      { condition: 'down', code: 'STORE_FAILED', reason: 'STORE_FAILED: the disk is gone' },
    ],
  ])('says how the store does: %j', async (state, store) => {
    admin.peer.storeState = state;
    const { json } = await admin.request('GET', '/v1/status');
    expect(statusView.strict().parse(json)).toMatchObject({ store });
  });

  it('says what is missing for traffic', async () => {
    admin.readiness.declare(closed);
    admin.readiness.declare({ name: 'subscribers', ready: true });
    expect((await admin.request('GET', '/v1/status')).json).toMatchObject({ ready: false, unmet: [unmet] });
  });
});

describe('GET /v1/trackers', () => {
  it('shows every tracker', async () => {
    const [one, other] = ['http://192.0.2.9:7846/', 'https://tracker.example/'];
    admin.registration.trackers = [
      {
        ...{ url: one, tier: 2, group: 'film', serve: 'everyone', standby: true, identities: 2, refused: 1 },
        ...{ state: 'connected', lastError: undefined, lastContact: 1_700_000_000_123, swarms: 3 },
        refusedSwarms: [{ swarmId: 'ab', reason: 'refuses us: error 03', retryAt: 1_700_000_001_000 }],
      },
      {
        ...{ url: other, tier: 1, group: '', serve: 'subscribers', standby: false, identities: 0, refused: 0 },
        ...{ state: 'failed', lastError: 'ECONNREFUSED', lastContact: undefined, swarms: 0, refusedSwarms: [] },
      },
    ];
    const { status, json } = await admin.request('GET', '/v1/trackers');
    expect(status).toBe(200);
    expect(trackersView.strict().parse(json).trackers).toEqual([
      {
        ...{ url: one, tier: 2, group: 'film', serve: 'everyone', standby: true, identities: 2, refused: 1 },
        ...{ state: 'connected', lastError: null, lastContact: '2023-11-14T22:13:20.123Z', swarms: 3 },
        refusedSwarms: [{ swarmId: 'ab', reason: 'refuses us: error 03', retryAt: '2023-11-14T22:13:21.000Z' }],
      },
      {
        ...{ url: other, tier: 1, group: '', serve: 'subscribers', standby: false, identities: 0, refused: 0 },
        ...{ state: 'failed', lastError: 'ECONNREFUSED', lastContact: null, swarms: 0, refusedSwarms: [] },
      },
    ]);
  });
});

describe('health', () => {
  it('is well while the process works, ready or not', async () => {
    admin.readiness.declare(closed);
    const { status, json } = await admin.request('GET', '/healthz');
    expect(status).toBe(200);
    expect(healthView.parse(json)).toEqual({ status: 'ok' });
  });

  it('is ready when every condition holds', async () => {
    admin.readiness.declare({ name: 'peer', ready: true });
    const { status, json } = await admin.request('GET', '/readyz');
    expect(status).toBe(200);
    expect(readyView.parse(json)).toEqual({ status: 'ready' });
  });

  it('is not ready while one does not, and says so', async () => {
    admin.readiness.declare(closed);
    const { status, headers, json } = await admin.request('GET', '/readyz');
    expect(status).toBe(503);
    expect(headers['content-type']).toContain('application/problem+json');
    expect(problemView.strict().parse(json)).toEqual({
      type: 'about:blank',
      title: 'Service Unavailable',
      status: 503,
      detail: 'peer: the data path is not up yet (wait)',
      code: 'NOT_READY',
      unmet: [unmet],
    });
  });

  it('shows the metrics of all threads', async () => {
    admin.readiness.declare(closed);
    const { status, headers, text } = await admin.request('GET', '/metrics');
    expect(status).toBe(200);
    expect(headers['content-type']).toContain('text/plain');
    expect(text).toContain('weir_condition_ready{condition="peer"} 0');
  });
});
