import { createServer, type Server, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';

import { limits } from '@weir/ppstp';

import { responseTo, TestClock, until } from '../registration.testing';
import { Lab, naming, never, type TestServer } from './exchange.testing';
import type { LookUp } from './connector';
import { HttpExchange } from './http-exchange';
import { PpstpClient } from './ppstp-client';

const lab = new Lab();
afterEach(() => lab.close());

const success = { ok: true, response: { errorCode: 0 } };

function clientOf(tracker: { url(): string }, retriesMax = 0) {
  return lab.keep(new PpstpClient({ url: tracker.url(), peerId: 'peer', requestMillis: 20_000, retriesMax }));
}

/** A tracker that says what no HTTP server would. */
async function raw(speak: (socket: Socket) => void) {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket.on('error', () => undefined).on('close', () => sockets.delete(socket)));
    // Unread, it would never know that it was closed.
    socket.resume();
    speak(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return lab.keep({
    url: () => `http://127.0.0.1:${String(port)}/`,
    sockets,
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise<void>((resolve) => server.close(() => resolve()));
    },
  });
}

/** Posts to a tracker, and lets the time run out once the tracker did its part. */
async function outwait(tracker: { url(): string }, isUnderWay: () => boolean) {
  const clock = new TestClock();
  const exchange = lab.keep(new HttpExchange({ url: tracker.url(), requestMillis: 5_000 }, clock));
  const posted = exchange.post('body', never);
  await until(isUnderWay);
  await clock.pass(5_000);
  return posted;
}

describe('an answer that never ends', () => {
  const late = { ok: false, fault: 'timeout', reason: 'no answer in time' };

  it('has no first byte', async () => {
    const tracker = await raw(() => undefined);
    expect(await outwait(tracker, () => tracker.sockets.size === 1)).toEqual(late);
    await until(() => tracker.sockets.size === 0);
  });

  it.each([
    ['headers', 'HTTP/1.1 200 OK\r\nx-a: ', 'a'],
    ['a body', 'HTTP/1.1 200 OK\r\ncontent-length: 9999\r\n\r\n', '{'],
    ['chunks', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n', '1\r\n{\r\n'],
    ['interim answers', '', 'HTTP/1.1 103 Early Hints\r\n\r\n'],
  ])('comes in drops: %s', async (_, start, drop) => {
    let drops = 0;
    const tracker = await raw((socket) => {
      socket.write(start);
      const drip = setInterval(() => socket.write(drop, () => drops++), 1);
      socket.on('close', () => clearInterval(drip));
    });
    expect(await outwait(tracker, () => drops > 20)).toEqual(late);
    // Whoever drips is let go, too.
    await until(() => tracker.sockets.size === 0);
  });

  it('is one of endless headers', async () => {
    const tracker = await raw((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n');
      const more = () => {
        if (socket.writable) socket.write(`x-a: ${'a'.repeat(1000)}\r\n`, more);
      };
      more();
    });
    const exchange = lab.exchange(tracker.url());
    expect(await exchange.post('', never)).toMatchObject({ ok: false, reason: 'UND_ERR_HEADERS_OVERFLOW' });
  });

  it('is one of endless bytes, of which no more are read than an answer may have', async () => {
    let sent = 0;
    const tracker = await lab.server((response) => {
      const part = Buffer.alloc(16_384, ' ');
      const more = () => {
        sent += part.length;
        if (!response.destroyed) response.write(part, more);
      };
      more();
    });
    expect(await clientOf(tracker).statReport()).toMatchObject({ ok: false, fault: 'too-long' });
    // What lay in the buffers of both hosts is not ours to bound.
    expect(sent).toBeLessThan(limits.responseCharsMax + 16 * 2 ** 20);
  });
});

describe('an answer', () => {
  it('that is a bomb is not inflated', async () => {
    const bomb = gzipSync(Buffer.alloc(64 * 2 ** 20, ' '));
    const tracker = await lab.server((response) => response.setHeader('content-encoding', 'gzip').end(bomb));
    const before = process.memoryUsage().arrayBuffers + process.memoryUsage().heapUsed;
    expect(await clientOf(tracker).statReport()).toMatchObject({ ok: false, fault: 'unreadable' });
    const grown = process.memoryUsage().arrayBuffers + process.memoryUsage().heapUsed - before;
    expect(grown).toBeLessThan(32 * 2 ** 20);
    expect(tracker.heard[0]?.headers['accept-encoding']).toBe('identity');
  });

  it.each([
    'application/ppsp-tracker+json',
    'application/PPSP-tracker+JSON; charset=utf-8',
    ...['application/json', 'text/json', 'text/plain; charset=utf-8'],
  ])('of the kind %s is read', async (kind) => {
    const tracker = await lab.server((response, { body }) =>
      response.setHeader('content-type', kind).end(responseTo(body)),
    );
    expect(await clientOf(tracker).statReport()).toMatchObject(success);
  });

  it.each(['text/html', 'application/octet-stream', 'application/jsonp', 'image/png', 'text/plainer', 'x'])(
    'of the kind %s is not',
    async (kind) => {
      const tracker = await lab.server((response, { body }) =>
        response.setHeader('content-type', kind).end(responseTo(body)),
      );
      const reason = 'HTTP 200, an answer that is no application/ppsp-tracker+json';
      expect(await clientOf(tracker).statReport()).toEqual({ ok: false, fault: 'unreadable', reason, status: 200 });
    },
  );

  it('that sets cookies gets none back', async () => {
    const tracker = await lab.server((response, { body }) => {
      response.setHeader('set-cookie', ['id=1; Path=/', 'other=2']).end(responseTo(body));
    });
    const client = clientOf(tracker);
    for (let time = 0; time < 2; time++) expect(await client.statReport()).toMatchObject(success);
    expect(tracker.heard).toHaveLength(2);
    expect(tracker.heard.filter(({ headers }) => 'cookie' in headers)).toEqual([]);
  });

  it.each([301, 302, 303, 307, 308])('that leads elsewhere (%i) leads nowhere, least of all here', async (status) => {
    const victim = await lab.server((response, { body }) => response.end(responseTo(body)));
    const tracker = await lab.server((response) => response.writeHead(status, { location: victim.url() }).end());
    expect(await clientOf(tracker).statReport()).toMatchObject({ ok: false, status });
    expect(victim.connections).toBe(0);
  });

  it('to another transaction is repeated with the same one, and not believed', async () => {
    const tracker = await lab.server((response, { body }) => {
      response.end(responseTo(body, tracker.heard.length < 2 ? { transactionId: 'other', errorCode: 3 } : {}));
    });
    const once = clientOf(tracker);
    expect(await once.statReport()).toMatchObject({ ok: false, fault: 'transaction' });
    tracker.heard.length = 0;
    const twice = clientOf(tracker, 1);
    expect(await twice.statReport()).toMatchObject(success);
    expect(new Set(tracker.heard.map(({ body }) => body)).size).toBe(1);
  });

  it('by way of a proxy that the environment names is not asked for', async () => {
    const tracker = await lab.server((response, { body }) => response.end(responseTo(body)));
    const proxy = await lab.server((response) => response.end());
    const names = ['http_proxy', 'HTTP_PROXY', 'all_proxy', 'ALL_PROXY', 'NODE_USE_ENV_PROXY'];
    for (const name of names) process.env[name] = proxy.url();
    expect(await clientOf(tracker).statReport()).toMatchObject(success);
    for (const name of names) Reflect.deleteProperty(process.env, name);
    expect(proxy.connections).toBe(0);
  });
});

describe('a request comes from', () => {
  const answering = (listen?: string) =>
    lab.server((response, { body }) => response.end(responseTo(body)), undefined, listen);
  const from = ({ heard }: TestServer) => heard.map((request) => request.from);
  const ipv4 = '127.0.0.8';

  it.each([
    ['any family', {}],
    ['IPv4', { family: 4 }],
  ] as const)('the address that we have of its family, by %s', async (_, way) => {
    const tracker = await answering();
    const exchange = lab.exchange(tracker.url('tracker.example'), {
      localAddresses: { ipv4 },
      lookUp: naming('127.0.0.1'),
    });
    expect(await exchange.post('', never, way)).toMatchObject({ ok: true });
    expect(from(tracker)).toEqual([ipv4]);
  });

  it('the one of the family that is asked for, where the tracker has both', async () => {
    const tracker = await answering('::');
    const exchange = lab.exchange(tracker.url('tracker.example'), {
      localAddresses: { ipv4, ipv6: '::1' },
      lookUp: naming('::1', '127.0.0.1'),
    });
    for (const family of [6, 4, undefined] as const) await exchange.post('', never, { family });
    expect(from(tracker)).toEqual(['::1', `::ffff:${ipv4}`, '::1']);
  });

  it('the other family where one does not answer', async () => {
    const tracker = await answering();
    const exchange = lab.exchange(tracker.url('tracker.example'), {
      localAddresses: { ipv4, ipv6: '::1' },
      lookUp: naming('::1', '127.0.0.1'),
    });
    expect(await exchange.post('', never)).toMatchObject({ ok: true });
    expect(from(tracker)).toEqual([ipv4]);
    await tracker.close();
    expect(await exchange.post('', never)).toMatchObject({ ok: false, reason: 'ECONNREFUSED' });
  });

  it('the other family while one is waited for, which is then let go (RFC 8305 section 5)', async () => {
    const tracker = await answering('::');
    const both = naming('::1', '127.0.0.1');
    const held: (() => void)[] = [];
    const lookUp: LookUp = (name, options, callback) => {
      if (options.family === 6) held.push(() => both(name, options, callback));
      else both(name, options, callback);
    };
    const exchange = lab.exchange(tracker.url('tracker.example'), { localAddresses: { ipv4, ipv6: '::1' }, lookUp });
    expect(await exchange.post('', never)).toMatchObject({ ok: true });
    expect(from(tracker)).toEqual([`::ffff:${ipv4}`]);
    for (const release of held) release();
    await until(() => tracker.connections === 2 && tracker.live === 1);
    expect(await exchange.post('', never)).toMatchObject({ ok: true });
    expect(from(tracker)).toEqual([`::ffff:${ipv4}`, `::ffff:${ipv4}`]);
  });

  it('whatever address there is, once ours is gone', async () => {
    const tracker = await answering();
    const exchange = lab.exchange(tracker.url(), { localAddresses: { ipv4: '192.0.2.1' } });
    expect(await exchange.post('', never)).toMatchObject({ ok: true });
    expect(from(tracker)).toEqual(['127.0.0.1']);
    const strict = lab.exchange(tracker.url(), { localAddress: '192.0.2.1' });
    expect(await strict.post('', never)).toEqual({ ok: false, fault: 'unreachable', reason: 'EADDRNOTAVAIL' });
  });

  it('nowhere, if the tracker has no address of the family', async () => {
    const tracker = await answering();
    expect(await lab.exchange(tracker.url()).post('', never, { family: 6 })).toMatchObject({
      ok: false,
      fault: 'forbidden',
    });
    const named = lab.exchange(tracker.url('tracker.example'), { lookUp: naming('127.0.0.1') });
    expect(await named.post('', never, { family: 6 })).toMatchObject({ ok: false, reason: 'ENOTFOUND' });
    expect(tracker.connections).toBe(0);
  });
});
