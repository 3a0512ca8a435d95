import { connect } from 'node:net';

import { Module } from '@nestjs/common';
import { decodeResponse, encodeRequest, limits, type Request } from '@weir/ppstp';

import { TrackerModule } from './tracker.module';
import { ppstpMediaType, type RunningTracker, startTracker } from './index';

const loopback = { listen: '127.0.0.1:0' };

const connectRequest: Request = {
  type: 'CONNECT',
  transactionId: 'first',
  peerId: 'ab',
  addresses: [{ ip: '127.0.0.2', port: 7000, priority: 1, type: 'HOST' }],
  actions: [{ swarmId: '11', action: 'JOIN', mode: 'SEEDER' }],
};

describe('a tracker behind HTTP', () => {
  let tracker: RunningTracker;

  beforeEach(async () => {
    tracker = await startTracker({ ...loopback, superNodes: ['127.0.0.3'] });
  });
  afterEach(() => tracker.close());

  const post = (body: string, type = ppstpMediaType, url = tracker.url) =>
    fetch(url, { method: 'POST', body, headers: { 'content-type': type } });

  const ask = async (request: Request) => {
    const answer = await post(encodeRequest(request));
    return { status: answer.status, type: answer.headers.get('content-type'), ...decodeResponse(await answer.text()) };
  };

  it('answers a request with a response of the same transaction (RFC 7846 section 4.1.1)', async () => {
    expect(await ask(connectRequest)).toEqual({
      status: 200,
      type: ppstpMediaType,
      ok: true,
      message: {
        transactionId: 'first',
        errorCode: 0,
        peerAddress: { ip: '127.0.0.1', port: expect.any(Number), priority: 1, type: 'REFLEXIVE' },
        results: [{ swarmId: '11', successful: true }],
      },
    });
  });

  it('names the super node first', async () => {
    await ask(connectRequest);
    const superNode = { ip: '127.0.0.3', port: 7000, priority: 1, type: 'HOST' } as const;
    await ask({ ...connectRequest, peerId: 'cd', addresses: [superNode] });
    const { actions } = connectRequest;
    const leech = { ...connectRequest, peerId: 'ef', addresses: [], actions: actions.map(asLeech) };
    expect(await ask(leech)).toMatchObject({
      message: {
        results: [
          {
            peers: [
              { peerId: 'cd', address: { ip: '127.0.0.3', priority: 2 } },
              { peerId: 'ab', address: { ip: '127.0.0.2', priority: 1 } },
            ],
          },
        ],
      },
    });
  });

  it('answers in PPSTP what it refuses in PPSTP, with HTTP status 200', async () => {
    expect(await ask({ type: 'FIND', transactionId: 'x', peerId: 'stranger', swarmId: '11' })).toMatchObject({
      status: 200,
      message: { transactionId: 'x', errorCode: 3, results: [] },
    });
  });

  it.each([
    ['an empty body', 200, '', ppstpMediaType],
    ['no JSON', 200, '{', ppstpMediaType],
    ['another JSON', 200, '[1]', 'application/json'],
    ['another media type', 415, '{}', 'text/plain'],
    ['a body that is too long', 413, ' '.repeat(limits.requestCharsMax + 1), ppstpMediaType],
  ])('answers %s with 01 (Bad Request)', async (_, status, body, type) => {
    const answer = await post(body, type);
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toBe(ppstpMediaType);
    expect(decodeResponse(await answer.text())).toMatchObject({ message: { errorCode: 1, results: [] } });
  });

  it.each(['application/ppsp-tracker+json; charset=utf-8', 'Application/PPSP-Tracker+JSON', 'application/json;q=1'])(
    'takes the media type whatever its parameters and case: %s',
    async (type) => {
      const answer = await post(encodeRequest(connectRequest), type);
      expect(decodeResponse(await answer.text())).toMatchObject({ message: { errorCode: 0 } });
    },
  );

  it.each(['GET', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'])(
    'answers %s with 405 and 01: only POST has a meaning',
    async (method) => {
      const answer = await fetch(tracker.url, { method });
      expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST']);
      expect(decodeResponse(await answer.text())).toMatchObject({ message: { errorCode: 1 } });
    },
  );

  it('answers a body that is packed, or of no type, with 415 and 01', async () => {
    const packed = { 'content-type': ppstpMediaType, 'content-encoding': 'gzip' };
    for (const headers of [packed, new Headers()]) {
      const body = new TextEncoder().encode(encodeRequest(connectRequest));
      const answer = await fetch(tracker.url, { method: 'POST', body, headers });
      expect(answer.status).toBe(415);
      expect(decodeResponse(await answer.text())).toMatchObject({ message: { errorCode: 1 } });
    }
  });

  it('answers another version with 02, and the transaction', async () => {
    const answer = await post(encodeRequest(connectRequest).replace('"version":1', '"version":9'));
    expect(decodeResponse(await answer.text())).toMatchObject({ message: { errorCode: 2, transactionId: 'first' } });
  });

  it('knows no other path', async () => {
    const answer = await post('{}', ppstpMediaType, new URL('/elsewhere', tracker.url).href);
    expect(answer.status).toBe(404);
    expect(await answer.json()).toEqual({ statusCode: 404 });
  });

  it('tells that it lives, and what it counts', async () => {
    await ask(connectRequest);
    await post('{');
    expect(await (await fetch(new URL('/healthz', tracker.url))).json()).toEqual({ status: 'ok' });
    const metrics = await (await fetch(new URL('/metrics', tracker.url))).text();
    expect(metrics).toContain('ppstp_tracker_requests_total{request="CONNECT",error_code="0"} 1');
    expect(metrics).toContain('ppstp_tracker_requests_total{request="unreadable",error_code="1"} 1');
    expect(metrics).toContain('ppstp_tracker_peers 1');
  });

  it('closes at once, though a connection is open', async () => {
    const { hostname, port } = new URL(tracker.url);
    const socket = connect(Number(port), hostname);
    const closed = new Promise((resolve) => socket.once('close', resolve));
    await new Promise((resolve) => socket.once('connect', resolve));
    await tracker.close();
    await closed;
  });

  it('refuses an address that another has, with the remedy', async () => {
    const listen = new URL(tracker.url).host;
    await expect(startTracker({ listen })).rejects.toMatchObject({
      code: 'TRACKER_LISTEN_FAILED',
      message: expect.stringContaining('another process listens there'),
      details: { listen, reason: 'EADDRINUSE' },
    });
  });

  it('refuses an address that is not of this host', async () => {
    await expect(startTracker({ listen: '192.0.2.1:0' })).rejects.toMatchObject({
      code: 'TRACKER_LISTEN_FAILED',
      details: { reason: 'EADDRNOTAVAIL' },
    });
  });
});

@Module({})
class Root {}

describe('a tracker in an app of its own', () => {
  it('answers at the path that it is given', async () => {
    const settings = { ...loopback, path: '/video_1' };
    const tracker = await startTracker(settings, { module: Root, imports: [TrackerModule.forRoot(settings)] });
    try {
      expect(new URL(tracker.url).pathname).toBe('/video_1');
      const headers = { 'content-type': ppstpMediaType };
      const answer = await fetch(tracker.url, { method: 'POST', body: encodeRequest(connectRequest), headers });
      expect(decodeResponse(await answer.text())).toMatchObject({ message: { errorCode: 0 } });
    } finally {
      await tracker.close();
    }
  });

  it('refuses wrong settings before anything is started', async () => {
    await expect(startTracker({ listen: 'here' })).rejects.toMatchObject({ code: 'TRACKER_SETTING_INVALID' });
  });
});

function asLeech(action: { readonly swarmId: string }) {
  return { swarmId: action.swarmId, action: 'JOIN' as const, mode: 'LEECH' as const };
}
