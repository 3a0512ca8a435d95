import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { decodeResponse, encodeRequest, encodeResponse } from '@weir/ppstp';
import { Budget } from './budget';
import { answered, posted } from './conversation.testing';
import type { TrackerInterceptWorld } from './tracker-intercept';
import { hear, loopback, Scene, service, until, type Serve } from './tracker-intercept.testing';

const find = (swarmId = 'aa') => encodeRequest({ type: 'FIND', transactionId: '7', peerId: 'ab', swarmId });
const found = (swarmId = 'aa') =>
  encodeResponse({ transactionId: '7', errorCode: 0, results: [{ swarmId, successful: true, peers: [] }] });

describe('TrackerIntercept', () => {
  let scene: Scene;

  async function play(serve: Serve, world?: TrackerInterceptWorld): Promise<Scene> {
    scene = new Scene(serve, world);
    await scene.start();
    return scene;
  }

  afterEach(() => scene.stop());

  it('forwards a request as it is, and answers with us first', async () => {
    const requests: string[] = [];
    await play((socket) =>
      socket.on('data', (chunk) => {
        requests.push(chunk.toString('latin1'));
        socket.write(answered(found()));
      }),
    );
    const client = scene.client();
    for (let round = 1; round <= 3; round++) {
      client.write(posted(find()));
      const text = await hear(client, answered(found()).length + 1);
      const [head = '', body = ''] = text.split('\r\n\r\n');
      expect(head).toContain(`content-length:  ${String(body.length)} \r\n`);
      const decoded = decodeResponse(body);
      expect(decoded).toMatchObject({
        ok: true,
        message: { results: [{ peers: [{ peerId: 'weir-1', address: { ...service, priority: 2 } }] }] },
      });
    }
    expect(requests).toEqual([posted(find()), posted(find()), posted(find())]);
    expect(scene.asked).toEqual([['aa', { ip: loopback, port: client.localPort }]]);
    expect(await scene.count('exchanges_total', { outcome: 'rewritten' })).toBe(3);
    expect(await scene.count('asked_total')).toBe(1);
    client.end();
    await once(scene.accepted[0] ?? client, 'end');
    scene.accepted[0]?.end();
    await once(client, 'close');
    await until(() => scene.connections === 0);
    expect(await scene.count('connections_total', { end: 'closed' })).toBe(1);
    expect(await scene.count('passed_total', { reason: 'ended' })).toBe(0);
  });

  it('hears what is joined, and not what is left or reported', async () => {
    await play((socket) => socket.on('data', () => socket.write(answered(found('bb')))));
    const client = scene.client();
    const action = { swarmId: 'bb', action: 'JOIN', mode: 'LEECH' } as const;
    const base = { transactionId: '7', peerId: 'ab' };
    const requests = [
      encodeRequest({
        ...base,
        type: 'CONNECT',
        addresses: [],
        actions: [action, { ...action, action: 'LEAVE', swarmId: 'cc' }],
      }),
      encodeRequest({ ...base, type: 'STAT_REPORT', stats: [] }),
    ];
    for (const request of requests) {
      client.write(posted(request));
      expect(await hear(client, answered(found('bb')).length)).toBe(answered(found('bb')));
    }
    expect(scene.asked.map(([swarmId]) => swarmId)).toEqual(['bb']);
    expect(await scene.count('exchanges_total', { outcome: 'unchanged' })).toBe(2);
  });

  it('carries any other protocol, as much as there is, no faster than it is taken', async () => {
    const megabytes = 24;
    const block = Buffer.alloc(1_048_576, 'weir');
    await play((socket) => {
      let left = megabytes;
      const more = () => {
        while (left > 0 && socket.write(block)) left--;
        if (left === 0) socket.end();
      };
      socket.on('drain', () => {
        left--;
        more();
      });
      socket.once('data', more);
    });
    const client = scene.client();
    client.write('\x16\x03\x01 not ours');
    await once(client, 'readable');
    let turns = 0;
    // Nobody reads: what is on its way stops growing long before all of it has come.
    for (let before = -1; before !== (scene.accepted[0]?.bytesWritten ?? 0) || turns < 200; turns++) {
      before = scene.accepted[0]?.bytesWritten ?? 0;
      await nextTurn();
    }
    expect(scene.accepted[0]?.writableLength).toBeGreaterThan(0);
    let heard = 0;
    for await (const chunk of client) heard += Buffer.from(chunk).length;
    expect(heard).toBe(megabytes * block.length);
    expect(await scene.count('passed_total', { reason: 'not-ppstp' })).toBe(1);
  });

  it('passes the end of one side on, and what the other says after it', async () => {
    await play((socket) => {
      let heard = '';
      socket.on('data', (chunk) => (heard += chunk.toString()));
      socket.on('end', () => socket.end(`heard ${heard}`));
    });
    const client = scene.client();
    client.end('something');
    expect(await hear(client, 100)).toBe('heard something');
    await until(() => scene.connections === 0);
  });

  it.each(['subscriber', 'tracker'])('passes on that the %s resets', async (who) => {
    await play((socket) => socket.write('hello'));
    const client = scene.client();
    await hear(client, 5);
    const [one, other] = who === 'subscriber' ? [client, scene.accepted[0]] : [scene.accepted[0], client];
    one?.resetAndDestroy();
    const [error] = await once(other ?? client, 'error');
    expect(error).toMatchObject({ code: 'ECONNRESET' });
    await until(() => scene.connections === 0);
    expect(await scene.count('connections_total', { end: 'reset' })).toBe(1);
  });

  it('closes the connection to a tracker that is not there', async () => {
    await play(() => undefined);
    const gone = createServer().listen(0, loopback);
    await once(gone, 'listening');
    const address = gone.address();
    scene.trackerPort = typeof address === 'object' && address !== null ? address.port : 0;
    gone.close();
    await once(gone, 'close');
    const client = scene.client();
    await until(() => client.closed && scene.connections === 0);
    expect(await scene.count('connections_total', { end: 'unreachable' })).toBe(1);
  });

  it('refuses what was meant for this machine itself', async () => {
    await play(() => undefined);
    scene.trackerPort = 0;
    const client = scene.client();
    await until(() => client.closed);
    expect(await scene.count('connections_total', { end: 'refused' })).toBe(1);
  });

  it('holds a response back no longer than it may', async () => {
    await play((socket) => socket.once('data', () => socket.write(answered(found()).slice(0, -1))), { holdMillis: 20 });
    const client = scene.client();
    client.write(posted(find()));
    expect(await hear(client, answered(found()).length - 1)).toBe(answered(found()).slice(0, -1));
    expect(await scene.count('passed_total', { reason: 'slow' })).toBe(1);
    scene.accepted[0]?.write(answered(found()).slice(-1));
    expect(await hear(client, 1)).toBe('}');
  });

  it('reads the request of a slow client no further, which the tracker has had all the same', async () => {
    let heard = '';
    const echoAll = (socket: Socket) =>
      socket.on('data', (chunk) => (heard += chunk.toString()).endsWith('!') && socket.write(heard));
    await play(echoAll, { holdMillis: 20 });
    const client = scene.client();
    client.write('POST /');
    await until(async () => (await scene.count('passed_total', { reason: 'slow' })) === 1);
    client.write('!');
    expect(await hear(client, 7)).toBe('POST /!');
  });

  it('cuts a connection on which nobody says anything', async () => {
    await play((socket) => socket.write('hello'), { idleMillis: 40 });
    const client = scene.client();
    await hear(client, 5);
    await until(() => client.closed);
    expect(await scene.count('connections_total', { end: 'idle' })).toBe(1);
  });

  it('has one subscriber make room for himself', async () => {
    await play((socket) => socket.write('hello'));
    const clients: Socket[] = [];
    for (let count = 0; count < 65; count++) {
      const client = scene.client();
      await hear(client, 5);
      clients.push(client);
    }
    await until(() => clients[0]?.closed === true);
    expect(scene.connections).toBe(64);
    expect(await scene.count('connections')).toBe(64);
    expect(await scene.count('connections_total', { end: 'crowded-out' })).toBe(1);
  });

  it('passes what there is no time to read', async () => {
    let now = 0;
    const budget = new Budget(() => now);
    await play((socket) => socket.on('data', () => socket.write(answered(found()))), { budget });
    const [client, late] = [scene.client(), scene.client()];
    client.write(posted(find()));
    await hear(client, 1);
    budget.spend(() => (now += 1_000_000));
    late.write(posted(find()));
    expect(await hear(late, answered(found()).length)).toBe(answered(found()));
    expect(await scene.count('passed_total', { reason: 'load' })).toBe(1);
    expect(await scene.count('exchanges_total', { outcome: 'rewritten' })).toBe(1);
  });

  it('passes what there is no room to hold, however much others hold', async () => {
    const half = answered(found()).slice(0, 100);
    const budget = new Budget(() => 0, 150);
    await play((socket) => socket.on('data', () => socket.write(half)), { budget });
    const [first, second] = [scene.client(), scene.client()];
    first.write(posted(find()));
    await until(() => budget.heldBytes === half.length);
    second.write(posted(find()));
    expect(await hear(second, half.length)).toBe(half);
    second.write('more');
    expect(await hear(second, half.length)).toBe(half);
    expect(await scene.count('passed_total', { reason: 'memory' })).toBe(1);
    expect(budget.heldBytes).toBe(half.length);
    first.destroy();
    await until(() => budget.heldBytes === 0);
  });

  it('cuts everything when it stops', async () => {
    await play((socket) => socket.write('hello'));
    const client = scene.client();
    await hear(client, 5);
    await scene.stop();
    await until(() => client.closed);
    expect(await scene.count('connections_total', { end: 'stopped' })).toBe(1);
    expect(scene.connections).toBe(0);
  });
});
