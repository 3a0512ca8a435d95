import { createSocket } from 'node:dgram';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Address } from '@weir/ppspp';
import { describeDatagramPort } from './datagram.contract';
import { DgramPort } from './dgram-port';
import type { DatagramFault } from './faults';
import { receiveBatchMax } from './limits';
import type { Datagram } from './port';

async function until(fact: () => boolean): Promise<void> {
  while (!fact()) await nextTurn();
}

describeDatagramPort('DgramPort over IPv4', () => ({
  port: (number) => new DgramPort({ ip: '127.0.0.1', port: number }),
  foreign: { ip: '2001:db8::1', port: 7 },
  until,
}));

async function open(ip: string, now?: () => number) {
  const port = new DgramPort({ ip, port: 0 }, now === undefined ? {} : { now });
  const received: Datagram[] = [];
  const sizes: number[] = [];
  const faults: DatagramFault[] = [];
  await port.open(
    (batch) => {
      received.push(...batch);
      sizes.push(batch.length);
    },
    (fault) => faults.push(fault),
  );
  return { port, received, sizes, faults };
}

describe('DgramPort', () => {
  it('speaks IPv4 and IPv6 on the IPv6 wildcard, and shows IPv4 addresses as such', async () => {
    const both = await open('::');
    const [four, six] = [await open('127.0.0.1'), await open('::1')];
    four.port.send([{ to: { ip: '127.0.0.1', port: both.port.local.port }, bytes: Buffer.from('4') }]);
    six.port.send([{ to: { ip: '::1', port: both.port.local.port }, bytes: Buffer.from('6') }]);
    await until(() => both.received.length === 2);
    const senders = both.received.map(({ from }) => from);
    expect(senders).toEqual(expect.arrayContaining([four.port.local, six.port.local]));
    both.port.send(senders.map((to) => ({ to, bytes: Buffer.from('answer') })));
    await until(() => four.received.length === 1 && six.received.length === 1);
    await Promise.all([both, four, six].map(({ port }) => port.close()));
  });

  it('hands over what came in one turn of the event loop as one batch', async () => {
    const one = await open('127.0.0.1', () => 42);
    const sender = createSocket('udp4');
    const sends = Array.from({ length: 8 }, () => sent(sender, one.port.local));
    await Promise.all(sends);
    await until(() => one.received.length === 8);
    expect(one.sizes.length).toBeLessThan(8);
    expect(Math.max(...one.sizes)).toBeLessThanOrEqual(receiveBatchMax);
    expect(one.received[0]?.arrival).toBe(42);
    sender.close();
    await one.port.close();
  });

  it('drops and counts instead of queueing without bound', async () => {
    const one = await open('127.0.0.1');
    const queued = jest.spyOn(Reflect.get(one.port, 'socket'), 'getSendQueueSize').mockReturnValue(64 * 1024 * 1024);
    expect(one.port.send([{ to: one.port.local, bytes: Buffer.from('x') }])).toBe(0);
    expect(one.faults).toEqual([{ kind: 'queue-full', to: one.port.local }]);
    queued.mockRestore();
    await one.port.close();
  });

  it('reports a name as an invalid address, without resolving it', async () => {
    const one = await open('127.0.0.1');
    one.port.send([{ to: { ip: 'localhost', port: 7 }, bytes: Buffer.from('x') }]);
    await until(() => one.faults.length === 1);
    expect(one.faults).toEqual([{ kind: 'address-invalid', to: { ip: 'localhost', port: 7 } }]);
    await one.port.close();
  });

  it.each([
    ['DATAGRAM_ADDRESS_INVALID', { ip: 'localhost', port: 0 }],
    ['DATAGRAM_ADDRESS_INVALID', { ip: '127.0.0.1', port: 65_536 }],
    ['DATAGRAM_ADDRESS_NOT_LOCAL', { ip: '192.0.2.1', port: 0 }],
  ])('refuses to open with %s', async (code, address) => {
    const port = new DgramPort(address);
    await expect(port.open(fail, fail)).rejects.toMatchObject({ code });
    await port.close();
  });

  it('refuses to open twice', async () => {
    const { port } = await open('127.0.0.1');
    await expect(port.open(fail, fail)).rejects.toMatchObject({ code: 'INVARIANT_VIOLATED' });
    await port.close();
  });
});

async function sent(socket: ReturnType<typeof createSocket>, { ip, port }: Address): Promise<void> {
  await new Promise<void>((resolve) => {
    socket.send('x', port, ip, () => resolve());
  });
}

const fail = (): never => {
  throw new RangeError('called');
};
