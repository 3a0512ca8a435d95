import { limits } from '@weir/ppstp';
import { type RunningTracker, startTracker } from '@weir/tracker';

import { HostileTracker, responseTo, settled, TestClock, until } from '../registration.testing';
import type { Exchange } from './http-exchange';
import { type Answer, PpstpClient, type PpstpClientWorld } from './ppstp-client';

const swarm = 'ab'.repeat(20);

function clientOf(url: string, world: PpstpClientWorld = {}, retriesMax = 0) {
  return new PpstpClient({ url, peerId: 'peer', requestMillis: 60_000, retriesMax }, { random: () => 0.5, ...world });
}

describe('a client and a tracker', () => {
  let tracker: RunningTracker;
  beforeEach(async () => {
    tracker = await startTracker({ listen: '127.0.0.1:0' });
  });
  afterEach(() => tracker.close());

  it('speak of everything that RFC 7846 has', async () => {
    const seeder = new PpstpClient({ url: tracker.url, peerId: 'seeder', requestMillis: 60_000 });
    const client = clientOf(tracker.url);
    const address = { ip: '127.0.0.2', port: 7000, priority: 1, type: 'HOST' } as const;
    expect(await seeder.join([swarm], 'SEEDER', { addresses: [address] })).toMatchObject({
      ok: true,
      response: { errorCode: 0, results: [{ swarmId: swarm, successful: true }] },
    });
    const listed = { response: { results: [{ peers: [{ peerId: 'seeder', address }] }] } };
    expect(await client.join([swarm], 'LEECH')).toMatchObject(listed);
    expect(await client.find(swarm, 5)).toMatchObject(listed);
    const stats = { swarmId: swarm, uploadedBytes: 1, downloadedBytes: 2, availableBandwidth: 3, concurrentLinks: 4 };
    expect(await client.statReport([stats])).toMatchObject({
      response: { errorCode: 0, results: [{ swarmId: swarm, successful: true }] },
    });
    expect(await client.statReport()).toMatchObject({ response: { errorCode: 0, results: [] } });
    expect(await client.leave([swarm])).toMatchObject({ response: { errorCode: 0 } });
    expect(await client.find(swarm)).toMatchObject({ ok: true, response: { errorCode: 3 } });
    await Promise.all([client.close(), seeder.close()]);
  });

  it('speak from the address that is configured', async () => {
    const options = { url: tracker.url, peerId: 'peer', requestMillis: 60_000, localAddress: '127.0.0.9' };
    const client = new PpstpClient(options);
    expect(await client.join([swarm], 'LEECH')).toMatchObject({ response: { peerAddress: { ip: '127.0.0.9' } } });
    await client.close();
  });
});

describe('a client and a tracker that cannot be trusted', () => {
  const cleanups: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0)) await cleanup();
  });

  async function against(
    answer: Parameters<typeof HostileTracker.start>[0],
    world: PpstpClientWorld = {},
    retries = 0,
  ) {
    const tracker = await HostileTracker.start(answer);
    const client = clientOf(tracker.url, world, retries);
    cleanups.push(
      () => client.close(),
      () => tracker.close(),
    );
    return { tracker, client };
  }

  it('reads no more than the limit of a body without end', async () => {
    const { client } = await against((_, response) => {
      const more = () => {
        if (!response.destroyed) response.write(Buffer.alloc(65_536, ' '), more);
      };
      more();
    });
    expect(await client.statReport()).toMatchObject({ ok: false, fault: 'too-long' });
  });

  it('reads a body of just the limit', async () => {
    const { client } = await against((body, response) => {
      const text = responseTo(body);
      response.end(text + ' '.repeat(limits.responseCharsMax - text.length));
    });
    expect(await client.statReport()).toMatchObject({ ok: true });
  });

  it.each<[string, string, (body: string) => string]>([
    ['an answer to another transaction', 'transaction', (body) => responseTo(body, { transactionId: 'other' })],
    ['a success without a transaction', 'transaction', (body) => responseTo(body, { transactionId: '' })],
    ['no JSON', 'malformed', () => '<html>'],
    ['nothing', 'malformed', () => ''],
    ['another version', 'version', (body) => responseTo(body).replace('"version":1', '"version":2')],
  ])('refuses %s', async (_, fault, answer) => {
    const { client } = await against((body, response) => response.end(answer(body)));
    expect(await client.statReport()).toMatchObject({ ok: false, fault });
  });

  it('believes an error without a transaction: the tracker could not read the request', async () => {
    const { client } = await against((body, response) => {
      response.statusCode = 413;
      response.end(responseTo(body, { transactionId: '', errorCode: 1 }));
    });
    expect(await client.statReport()).toMatchObject({ ok: true, response: { errorCode: 1 } });
  });

  it('follows no redirect', async () => {
    const { client, tracker } = await against((_, response) => {
      response.writeHead(307, { location: '/elsewhere' }).end();
    });
    expect(await client.statReport()).toMatchObject({
      ok: false,
      fault: 'malformed',
      reason: 'HTTP 307, malformed answer',
    });
    expect(tracker.heard).toHaveLength(1);
  });

  it('waits for a slow tracker no longer than it has to', async () => {
    const clock = new TestClock();
    const { client, tracker } = await against((_, response) => response.write('{'), { clock });
    const answer = client.statReport();
    await until(() => tracker.heard.length === 1);
    await clock.pass(59_999);
    expect(clock.pending).toBe(1);
    await clock.pass(1);
    expect(await answer).toEqual({ ok: false, fault: 'timeout', reason: 'no answer in time' });
  });

  it('repeats a request as it was, after growing pauses (RFC 7846 section 4.3)', async () => {
    const clock = new TestClock();
    const start = clock.now();
    const heard: { body: string; at: number }[] = [];
    const exchange: Exchange = {
      post: (body) => {
        heard.push({ body, at: clock.now() - start });
        return Promise.resolve({ ok: true, status: 502, text: '{' });
      },
      close: () => Promise.resolve(),
    };
    const observed: Answer[] = [];
    const client = clientOf('', { clock, exchange, observe: (_, answer) => observed.push(answer) }, 2);
    const answer = client.find(swarm);
    await settled();
    await clock.pass(10_000);
    expect(await answer).toEqual({ ok: false, fault: 'malformed', reason: 'HTTP 502, malformed answer', status: 502 });
    expect(heard.map(({ at }) => at)).toEqual([0, 500, 1500]);
    expect(new Set(heard.map(({ body }) => body)).size).toBe(1);
    expect(observed).toHaveLength(1);
  });

  it('tells why a tracker cannot be reached', async () => {
    const { client, tracker } = await against(() => undefined);
    await tracker.close();
    expect(await client.statReport()).toEqual({ ok: false, fault: 'unreachable', reason: 'ECONNREFUSED' });
  });

  it('ends what is under way when it is closed, and asks nothing more', async () => {
    const { client, tracker } = await against(() => undefined, {}, 5);
    const answer = client.statReport();
    await until(() => tracker.heard.length === 1);
    await client.close();
    expect(await answer).toMatchObject({ ok: false, fault: 'stopped' });
    expect(await client.statReport()).toMatchObject({ ok: false, fault: 'stopped' });
    expect(tracker.heard).toHaveLength(1);
  });
});
