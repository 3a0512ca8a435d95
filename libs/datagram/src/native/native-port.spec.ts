import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describeDatagramPort } from '../datagram.contract';
import { DatagramError } from '../errors';
import * as limits from '../limits';
import type { NativeAddon, UdpSocket } from './addon';
import { outcome, received } from './layout';
import { NativePort } from './native-port';
import { closeNativeSocket, openNativeSocket } from './native-socket';
import { describeNative, freeDescriptor, open, until } from './native.testing';

const loopback = [
  { ip: '127.0.0.1', foreign: { ip: '2001:db8::1', port: 7 } },
  { ip: '::1', foreign: { ip: '192.0.2.1', port: 7 } },
];

describeNative('NativePort', (addon) => {
  for (const { ip, foreign } of loopback) {
    describeDatagramPort(`NativePort on ${ip}`, () => ({
      port: (port) => new NativePort({ ip, port }, { addon }),
      foreign,
      until,
    }));
  }

  it('has the bounds that are documented', () => {
    expect(limits).toMatchObject(addon.limits);
    expect(Object.keys(addon.limits)).toHaveLength(4);
  });

  it('speaks IPv4 and IPv6 on the IPv6 wildcard, and tells which address each datagram was meant for', async () => {
    const both = await open({ ip: '::', port: 0 }, { addon });
    const [four, six] = [
      await open({ ip: '127.0.0.1', port: 0 }, { addon }),
      await open({ ip: '::1', port: 0 }, { addon }),
    ];
    const { port } = both.port.local;
    four.port.send([{ to: { ip: '127.0.0.3', port }, bytes: Buffer.from('4') }]);
    six.port.send([{ to: { ip: '::1', port }, bytes: Buffer.from('6') }]);
    await until(() => both.received.length === 2);
    const ways = both.received.map(({ from, to }) => ({ from, to }));
    expect(ways).toContainEqual({ from: four.port.local, to: { ip: '127.0.0.3', port } });
    expect(ways).toContainEqual({ from: six.port.local, to: { ip: '::1', port } });
    // Each is answered from the address that it wrote to.
    both.port.send(both.received.map(({ from, to }) => ({ to: from, from: to, bytes: Buffer.from('answer') })));
    await until(() => four.received.length === 1 && six.received.length === 1);
    expect(four.received[0]?.from).toEqual({ ip: '127.0.0.3', port });
    expect(six.received[0]?.from).toEqual({ ip: '::1', port });
    await Promise.all([both, four, six].map((one) => one.port.close()));
  });

  it.each(loopback)('carries trains of any sizes over $ip as they were', async ({ ip }) => {
    const [one, other] = [await open({ ip, port: 0 }, { addon }), await open({ ip, port: 0 }, { addon })];
    const to = other.port.local;
    const sizes = fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(0, 1, 40, 1_024, 1_056, 1_400) },
      { weight: 1, arbitrary: fc.integer({ min: 0, max: 9_000 }) },
      { weight: 1, arbitrary: fc.constantFrom(8_216, 20_000, limits.datagramBytesMax) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(sizes, fc.integer({ min: 1, max: 70 })), { maxLength: 4 }), async (runs) => {
        const lengths = runs.flatMap(([size, count]) => Array.from({ length: size > 2_000 ? 2 : count }, () => size));
        const sent = lengths.map((length) => randomBytes(length));
        other.received.length = 0;
        expect(one.port.send(sent.map((bytes) => ({ to, bytes })))).toBe(sent.length);
        await until(() => other.received.length === sent.length);
        expect(other.received.map(({ bytes }) => Buffer.from(bytes).toString('hex'))).toEqual(
          sent.map((bytes) => bytes.toString('hex')),
        );
      }),
      { numRuns: 60 },
    );
    expect(one.faults).toEqual([]);
    await Promise.all([one, other].map(({ port }) => port.close()));
  });

  it('sends to many destinations in turn', async () => {
    const others = await Promise.all(Array.from({ length: 5 }, () => open({ ip: '127.0.0.1', port: 0 }, { addon })));
    const one = await open({ ip: '127.0.0.1', port: 0 }, { addon });
    const batch = Array.from({ length: 200 }, (_, index) => ({
      to: others[Math.floor(index / 3) % 5]?.port.local ?? one.port.local,
      bytes: Buffer.from(`datagram ${String(index % 7)}`),
    }));
    one.port.send(batch);
    await until(() => others.every(({ received }) => received.length > 0) && total() === 200);
    for (const { port, received } of others) {
      const meant = batch.filter(({ to }) => to === port.local).map(({ bytes }) => bytes.toString());
      expect(received.map(({ bytes }) => Buffer.from(bytes).toString())).toEqual(meant);
    }
    await Promise.all([one, ...others].map(({ port }) => port.close()));

    function total(): number {
      return others.reduce((sum, { received }) => sum + received.length, 0);
    }
  });

  it('counts what ICMP tells of nobody listening, and sends on', async () => {
    const [one, other] = [
      await open({ ip: '127.0.0.1', port: 0 }, { addon }),
      await open({ ip: '127.0.0.1', port: 0 }, { addon }),
    ];
    const nobody = await open({ ip: '127.0.0.1', port: 0 }, { addon });
    await nobody.port.close();
    one.port.send([{ to: nobody.port.local, bytes: Buffer.from('lost') }]);
    // The pending error must not be taken for one of these.
    one.port.send([{ to: other.port.local, bytes: Buffer.from('kept') }]);
    await until(() => other.received.length === 1 && one.faults.length === 1);
    expect(one.faults).toEqual([{ kind: 'refused', to: nobody.port.local }]);
    expect(one.port.takeCounts()).toMatchObject({ sentDatagrams: 2 });
    other.port.send([{ to: one.port.local, bytes: Buffer.from('heard') }]);
    await until(() => one.received.length === 1);
    await Promise.all([one, other].map(({ port }) => port.close()));
  });

  it('hands over datagrams of node:dgram, with the time', async () => {
    const one = await open({ ip: '127.0.0.1', port: 0 }, { addon, now: () => 42 });
    const sender = createSocket('udp4');
    sender.send('x', one.port.local.port, '127.0.0.1');
    await until(() => one.received.length === 1);
    expect(one.received[0]).toMatchObject({ to: one.port.local, arrival: 42 });
    sender.close();
    await one.port.close();
  });

  it('never writes again to bytes that it handed over', async () => {
    const [one, other] = [
      await open({ ip: '127.0.0.1', port: 0 }, { addon }),
      await open({ ip: '127.0.0.1', port: 0 }, { addon }),
    ];
    const sent: string[] = [];
    for (let round = 0; round < 40; round++) {
      const bytes = randomBytes(1_000);
      const batch = Array.from({ length: 50 }, () => ({ to: other.port.local, bytes }));
      for (let count = 0; count < 50; count++) sent.push(bytes.toString('hex'));
      one.port.send(batch);
      await until(() => other.received.length === sent.length);
    }
    expect(other.received.map(({ bytes }) => Buffer.from(bytes).toString('hex'))).toEqual(sent);
    await Promise.all([one, other].map(({ port }) => port.close()));
  });

  it('may be closed by its listener, in the middle of a batch', async () => {
    const one = await open({ ip: '127.0.0.1', port: 0 }, { addon });
    const batches: number[] = [];
    const port = new NativePort({ ip: '127.0.0.1', port: 0 }, { addon });
    await port.open(
      (batch) => {
        batches.push(batch.length);
        void port.close();
      },
      () => undefined,
    );
    const bytes = Buffer.from('x');
    one.port.send(Array.from({ length: limits.receiveBatchMax }, () => ({ to: port.local, bytes })));
    await until(() => batches.length === 1);
    one.port.send([{ to: one.port.local, bytes }]);
    await until(() => one.received.length === 1);
    expect(batches).toHaveLength(1);
    await one.port.close();
  });

  it('discards what has arrived, tells how much, and hears what comes later', async () => {
    const [one, other] = [
      await open({ ip: '127.0.0.1', port: 0 }, { addon }),
      await open({ ip: '127.0.0.1', port: 0 }, { addon }),
    ];
    const to = other.port.local;
    // In one turn of the event loop, so that the port could not hand them over: trains, single ones, an empty one.
    for (const lengths of [Array(130).fill(1_000), [1_000, 7], [0], [5]])
      one.port.send(lengths.map((length: number) => ({ to, bytes: Buffer.alloc(length) })));
    expect(other.port.discard()).toBe(134);
    expect(other.port.discard()).toBe(0);
    one.port.send([{ to, bytes: Buffer.from('later') }]);
    await until(() => other.received.length > 0);
    expect(other.texts()).toEqual(['later']);
    await other.port.close();
    expect(other.port.discard()).toBe(0);
    await one.port.close();
  });

  it('discards in the middle of a batch what has not been handed over', async () => {
    const one = await open({ ip: '127.0.0.1', port: 0 }, { addon });
    const port = new NativePort({ ip: '127.0.0.1', port: 0 }, { addon });
    const seen: number[] = [];
    let discarded = 0;
    await port.open(
      (batch) => {
        seen.push(batch.length);
        discarded += port.discard();
      },
      () => undefined,
    );
    // Of different lengths, so that each is a message of its own.
    const sent = limits.receiveBatchMax + 3 * limits.receivedMessagesMax;
    const batch = Array.from({ length: sent }, (_, at) => ({ to: port.local, bytes: Buffer.alloc(1 + (at % 2) * 9) }));
    for (const datagram of batch) one.port.send([datagram]);
    await until(() => seen.length > 0);
    expect((seen[0] ?? 0) + discarded).toBe(sent);
    expect(discarded).toBeGreaterThan(0);
    expect(seen).toHaveLength(1);
    await Promise.all([one.port.close(), port.close()]);
  });

  it('lives until it is closed, though nobody holds its socket', async () => {
    setFlagsFromString('--expose-gc');
    const collect: unknown = runInNewContext('gc');
    const socket = openNativeSocket({ ip: '127.0.0.1', port: 0 }, {}, addon);
    const counts = forgottenSocket(addon, socket.fd);
    const sender = createSocket('udp4');
    for (let round = 1; round <= 5; round++) {
      if (typeof collect === 'function') Reflect.apply(collect, undefined, []);
      sender.send('x', socket.local.port, '127.0.0.1');
      await until(() => counts.length === round);
    }
    sender.send('close', socket.local.port, '127.0.0.1');
    await until(() => counts.length === 6);
    sender.close();
    closeNativeSocket(socket, addon);
  });

  it('closes its descriptor once', async () => {
    const before = freeDescriptor();
    for (let round = 0; round < 20; round++) {
      const one = await open({ ip: '127.0.0.1', port: 0 }, { addon });
      await one.port.close();
    }
    expect(freeDescriptor()).toBe(before);
  });

  it.each([
    ['DATAGRAM_ADDRESS_INVALID', { ip: 'localhost', port: 0 }, {}],
    ['DATAGRAM_ADDRESS_INVALID', { ip: '127.0.0.1', port: 65_536 }, {}],
    ['DATAGRAM_ADDRESS_NOT_LOCAL', { ip: '192.0.2.1', port: 0 }, {}],
  ])('refuses to open with %s', async (code, address, options) => {
    const port = new NativePort(address, { ...options, addon });
    const refused = port.open(fail, fail);
    await expect(refused).rejects.toBeInstanceOf(DatagramError);
    await expect(refused).rejects.toMatchObject({ code });
    await port.close();
  });

  it('refuses to open twice', async () => {
    const { port } = await open({ ip: '127.0.0.1', port: 0 }, { addon });
    await expect(port.open(fail, fail)).rejects.toMatchObject({ code: 'INVARIANT_VIOLATED' });
    await port.close();
  });

  it('sends from no foreign port unless it is transparent', async () => {
    const one = await open({ ip: '127.0.0.1', port: 0 }, { addon });
    const from = { ip: '192.0.2.1', port: 7 };
    expect(one.port.send([{ to: one.port.local, from, bytes: Buffer.from('x') }])).toBe(0);
    expect(one.faults).toEqual([{ kind: 'denied', to: one.port.local }]);
    await one.port.close();
  });
});

/** A socket that only the event loop knows: each datagram adds to the counts, one of five bytes closes it. */
function forgottenSocket(addon: NativeAddon, fd: number): number[] {
  const counts: number[] = [];
  const records = new Uint32Array(limits.receivedMessagesMax * received.words);
  // Not the socket itself: what it calls would hold it.
  const known: WeakRef<UdpSocket>[] = [];
  const socket = new addon.UdpSocket({
    fd,
    owned: false,
    records,
    arena: new Uint8Array(),
    runs: new Uint32Array(),
    outcome: new Uint32Array(outcome.words + limits.sendFailuresMax * outcome.failureWords),
    onWritable: () => undefined,
    onReceived: (count) => {
      counts.push(count);
      if (records[received.bytes] === 5) known[0]?.deref()?.close();
    },
  });
  known.push(new WeakRef(socket));
  socket.receive();
  return counts;
}

const fail = (): never => {
  throw new RangeError('called');
};
