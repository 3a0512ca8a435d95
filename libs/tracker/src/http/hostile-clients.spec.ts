import { decodeResponse, encodeRequest, type Request } from '@weir/ppstp';

import { limits } from '../limits';
import type { TrackerSettings } from '../settings';
import { type RunningTracker, startTracker } from '../tracker-server.module';
import { head, posted, RawClient } from './raw-client.testing';

const times = { requestMillis: 150, idleMillis: 250, keepAliveMillis: 150, checkMillis: 10 };

const connectRequest: Request = {
  type: 'CONNECT',
  transactionId: 'first',
  peerId: 'ab',
  addresses: [{ ip: '127.0.0.1', port: 7000, priority: 1, type: 'HOST' }],
  actions: [{ swarmId: '11', action: 'JOIN', mode: 'SEEDER' }],
};
const report = (transactionId: string): Request => ({ type: 'STAT_REPORT', transactionId, peerId: 'ab', stats: [] });

let tracker: RunningTracker;
let clients: RawClient[] = [];

const start = async (settings: Partial<TrackerSettings> = {}): Promise<void> => {
  tracker = await startTracker({ listen: '127.0.0.1:0', ...settings }, undefined, times);
};
const client = (localAddress?: string): RawClient => {
  const made = new RawClient(tracker.url, localAddress);
  clients.push(made);
  return made;
};

afterEach(async () => {
  for (const one of clients) one.destroy();
  clients = [];
  await tracker.close();
});

/** The status and the PPSTP message of an answer. */
function answerIn(text: string) {
  const [header = '', body = ''] = text.split('\r\n\r\n');
  const decoded = decodeResponse(body);
  return {
    status: Number(header.split(' ')[1]),
    type: /content-type: (.*)/i.exec(header)?.[1]?.trim(),
    errorCode: decoded.ok ? decoded.message.errorCode : undefined,
  };
}

const badRequest = (status: number) => ({ status, type: 'application/ppsp-tracker+json', errorCode: 1 });

describe('a client that takes its time', () => {
  beforeEach(() => start());

  it('with a header, byte by byte, is answered 408 and cut off', async () => {
    const slow = client();
    slow.send('POST / HTTP/1.1\r\nX: ');
    await slow.trickle('x');
    await slow.closed;
    expect(answerIn(slow.text)).toEqual(badRequest(408));
  });

  it('with a body that it announced, byte by byte, is answered 408 and cut off', async () => {
    const slow = client();
    slow.send(head(['Content-Length: 100000']));
    await slow.trickle(' ');
    await slow.closed;
    expect(answerIn(slow.text)).toEqual(badRequest(408));
  });

  it('and says nothing at all is cut off', async () => {
    const silent = client();
    await silent.closed;
    expect(silent.text === '' || answerIn(silent.text).status === 408).toBe(true);
  });

  it('after its request keeps its connection for a moment only', async () => {
    const idle = client();
    idle.send(posted(encodeRequest(connectRequest)));
    expect(answerIn(await idle.until(/\r\n\r\n\{.*\}/)).errorCode).toBe(0);
    await idle.closed;
  });
});

describe('a client that sends too much', () => {
  beforeEach(() => start());

  it('without an end is answered 413 and cut off', async () => {
    const endless = client();
    endless.send(head(['Transfer-Encoding: chunked']));
    await endless.trickle(`1000\r\n${' '.repeat(0x1000)}\r\n`);
    await endless.closed;
    expect(endless.text === '' || answerIn(endless.text).status === 413).toBe(true);
  });

  it('than a body may have, by a little, reads why', async () => {
    const long = client();
    long.send(posted(' '.repeat(limits.bodyBytesMax + 1)));
    expect(answerIn(await long.until(/\}$/))).toEqual(badRequest(413));
    await long.closed;
  });

  it('than it could ever send is told so before it does', async () => {
    const announced = client();
    announced.send(head(['Content-Length: 1000000000000']));
    expect(answerIn(await announced.until(/\}$/))).toEqual(badRequest(413));
    await announced.closed;
  });

  it('of a header is answered 431', async () => {
    const long = client();
    long.send(head([`Cookie: ${'x'.repeat(limits.headerBytesMax)}`]));
    expect(answerIn(await long.until(/\}$/))).toEqual(badRequest(431));
    await long.closed;
  });

  it('of what is no HTTP is answered 400', async () => {
    const foreign = client();
    foreign.send('\x13BitTorrent protocol\r\n\r\n');
    expect(answerIn(await foreign.until(/\}$/))).toEqual(badRequest(400));
    await foreign.closed;
  });

  it('of two lengths, as those do who smuggle requests, is answered 400', async () => {
    const smuggler = client();
    smuggler.send(head(['Content-Length: 2', 'Transfer-Encoding: chunked']) + '0\r\n\r\n');
    expect(answerIn(await smuggler.until(/\}$/))).toEqual(badRequest(400));
    await smuggler.closed;
  });
});

describe('requests of one connection', () => {
  beforeEach(() => start());

  it('may be sent before the answers are read, a few, and are answered in their order', async () => {
    const eager = client();
    const reports = ['1', '2', '3'].map((id) => posted(encodeRequest(report(id))));
    eager.send(posted(encodeRequest(connectRequest)) + reports.join(''));
    const text = await eager.until(/"3"/);
    expect(text.match(/"transaction_id":"\w+"/g)).toEqual(
      ['first', '1', '2', '3'].map((id) => `"transaction_id":"${id}"`),
    );
  });
});

/** Whether the tracker answers somebody else: the error code. */
async function ask(localAddress = '127.0.9.1', request: Request = { ...connectRequest, peerId: 'cd' }) {
  const honest = client(localAddress);
  honest.send(posted(encodeRequest(request)));
  return answerIn(await honest.until(/\r\n\r\n\{.*\}/)).errorCode;
}

describe('connections that are many', () => {
  it('of one prefix displace each other, the oldest first, and leave those of others alone', async () => {
    await start({ limits: { connectionsPerPrefix: 3 } });
    const other = client('127.0.1.1');
    await other.connected;
    const [first, ...rest] = ['127.0.0.1', '127.0.0.2', '127.0.0.3', '127.0.0.4'].map((ip) => client(ip));
    await first?.closed;
    expect([other, ...rest].map(({ isClosed }) => isClosed)).toEqual([false, false, false, false]);
    const metrics = await (await fetch(new URL('/metrics', tracker.url))).text();
    expect(metrics).toContain('ppstp_tracker_ended_connections_total{why="prefix"}');
  });

  it('of all prefixes leave room for who comes, and a known peer goes on being served', async () => {
    await start({ limits: { connections: 8, connectionsPerPrefix: 2 } });
    expect(await ask('127.0.8.1', connectRequest)).toBe(0);
    const hoard = Array.from({ length: 40 }, (_, at) => client(`127.0.${String(20 + (at % 20))}.1`));
    for (const one of hoard) one.send('POST / HTTP/1.1\r\n');
    await hoard[0]?.closed;
    expect(await ask('127.0.8.1', report('mine'))).toBe(0);
  });

  it('in a moment, of one prefix, are refused before they are heard', async () => {
    await start({ limits: { connectionsPerSecond: 1 } });
    const flood = Array.from({ length: 20 }, () => client());
    for (const one of flood) one.send(posted(encodeRequest(report('x'))));
    const texts = await Promise.all(flood.map((one) => one.until(/\}$/)));
    const heard = texts.filter((text) => text !== '').length;
    expect(heard).toBeGreaterThanOrEqual(10);
    expect(heard).toBeLessThan(20);
    expect(await ask()).toBe(0);
  });
});
