import fc from 'fast-check';
import { describeDatagramPort } from '../datagram.contract';
import type { Datagram } from '../port';
import { exponentialDelay, uniformDelay } from './delay';
import { SimulatedLink, type LinkModel } from './link';
import { SimulatedNetwork, type SimulatedNetworkOptions } from './network';

describeDatagramPort('SimulatedPort', () => {
  const network = new SimulatedNetwork({ seed: 1 });
  return {
    port: (port) => network.attach({ ip: '192.0.2.1', port }),
    foreign: { ip: '2001:db8::1', port: 7 },
    until: (fact) => {
      while (!fact()) network.advance(network.nextEvent() ?? network.now + 1);
      return Promise.resolve();
    },
  };
});

const [here, there] = [
  { ip: '192.0.2.1', port: 1 },
  { ip: '192.0.2.2', port: 2 },
];

async function pair(options: SimulatedNetworkOptions) {
  const network = new SimulatedNetwork(options);
  const received: Datagram[] = [];
  const [one, other] = [network.attach(here), network.attach(there)];
  await one.open(ignore, ignore);
  await other.open((batch) => received.push(...batch), ignore);
  const send = (count: number, size = 100) => {
    for (let index = 0; index < count; index++) one.send([{ to: there, bytes: numbered(index, size) }]);
  };
  const settle = () => {
    for (let due = network.nextEvent(); due !== undefined; due = network.nextEvent()) network.advance(due);
  };
  const numbers = () => received.map(({ bytes }) => Buffer.from(bytes).readUInt32BE());
  return { network, one, received, send, settle, numbers };
}

const ignore = () => undefined;

function numbered(index: number, size: number): Buffer {
  const bytes = Buffer.alloc(size);
  bytes.writeUInt32BE(index);
  return bytes;
}

const ascending = (count: number) => Array.from({ length: count }, (_, index) => index);

describe('SimulatedNetwork', () => {
  it('delivers after the delay, not before', async () => {
    const { network, received, send } = await pair({ seed: 1, link: { delay: () => 500 } });
    network.advance(1000);
    send(1);
    expect(network.nextEvent()).toBe(1500);
    network.advance(1499);
    expect(received).toEqual([]);
    network.advance(1500);
    expect(received).toMatchObject([{ from: here, to: there, arrival: 1500 }]);
    expect(network.nextEvent()).toBeUndefined();
  });

  it('loses and copies as often as it is told', async () => {
    const { network, send, settle, received } = await pair({ seed: 7, link: { loss: 0.25, duplication: 0.1 } });
    send(4000);
    settle();
    const { sent, lost, delivered } = network.counts;
    expect(sent).toBe(4000);
    expect(lost / sent).toBeGreaterThan(0.22);
    expect(lost / sent).toBeLessThan(0.28);
    expect(delivered / (sent - lost)).toBeGreaterThan(1.07);
    expect(delivered / (sent - lost)).toBeLessThan(1.13);
    expect(received).toHaveLength(delivered);
  });

  it('keeps the order under any delay, but for what it holds back', async () => {
    const kept = await pair({ seed: 3, link: { delay: exponentialDelay(1000, 20_000) } });
    kept.send(200);
    kept.settle();
    expect(kept.numbers()).toEqual(ascending(200));
    const mixed = await pair({
      seed: 3,
      link: { reordering: 0.2, reorderingMicros: 5000, delay: uniformDelay(10, 20) },
    });
    mixed.send(200);
    mixed.settle();
    expect(mixed.numbers()).not.toEqual(ascending(200));
    expect(mixed.numbers().sort((one, other) => one - other)).toEqual(ascending(200));
  });

  it('sends at the pace of the link, and drops what its queue does not hold', async () => {
    const { network, received, send, settle } = await pair({
      seed: 1,
      link: { bytesPerSecond: 1_000_000, queueBytes: 5000, delay: () => 0 },
    });
    send(20, 1000);
    settle();
    // The first is under way at once, with the next five the queue is full.
    expect(received.map(({ arrival }) => arrival)).toEqual([1000, 2000, 3000, 4000, 5000]);
    expect(network.counts).toMatchObject({ sent: 20, overflowed: 15, delivered: 5 });
  });

  it('lets pairs share a bottleneck, and links change', async () => {
    const shared = new SimulatedLink({ bytesPerSecond: 1_000_000, delay: () => 0 });
    const { network, one, received, send, settle } = await pair({ seed: 1, route: () => shared });
    const third = network.attach({ ip: '192.0.2.3', port: 3 });
    await third.open(ignore, ignore);
    third.send([{ to: here, bytes: new Uint8Array(1000) }]);
    one.send([{ to: there, bytes: new Uint8Array(1000) }]);
    settle();
    expect(received[0]?.arrival).toBe(2000);
    shared.change({ loss: 1 });
    send(5);
    settle();
    expect(received).toHaveLength(1);
  });

  it('counts what arrives where nobody listens', async () => {
    const { network, one, settle } = await pair({ seed: 1 });
    one.send([{ to: { ip: '192.0.2.9', port: 9 }, bytes: new Uint8Array(1) }]);
    settle();
    expect(network.counts).toMatchObject({ sent: 1, unheard: 1, delivered: 0 });
  });

  it('keeps what is under way from a sender that uses its buffer again', async () => {
    const { one, received, settle } = await pair({ seed: 1 });
    const bytes = Buffer.from('before');
    one.send([{ to: there, bytes }]);
    bytes.fill(0);
    settle();
    expect(Buffer.from(received[0]?.bytes ?? []).toString()).toBe('before');
  });

  it('replays a run from its seed, and no datagram appears from nowhere', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer(), anyLink, fc.integer({ min: 0, max: 60 }), async (seed, link, count) => {
        const runs = [await pair({ seed, link }), await pair({ seed, link })];
        for (const { send, settle } of runs) {
          send(count);
          settle();
        }
        const [first, second] = runs;
        expect(first?.received).toEqual(second?.received);
        const { sent, lost, overflowed, delivered } = first?.network.counts ?? { ...none };
        expect(delivered).toBeGreaterThanOrEqual(sent - lost - overflowed);
        expect(delivered).toBeLessThanOrEqual(2 * (sent - lost - overflowed));
        const times = first?.received.map(({ arrival }) => arrival) ?? [];
        expect(times).toEqual([...times].sort((one, other) => one - other));
      }),
      { numRuns: 50 },
    );
  });
});

const none = { sent: 0, lost: 0, overflowed: 0, delivered: 0 };
const probability = fc.double({ min: 0, max: 1, noNaN: true });

const anyLink: fc.Arbitrary<Partial<LinkModel>> = fc.record({
  loss: probability,
  duplication: probability,
  reordering: probability,
  reorderingMicros: fc.nat(100_000),
  delay: fc.constantFrom(uniformDelay(0, 50_000), exponentialDelay(100, 9000)),
  bytesPerSecond: fc.integer({ min: 1000, max: 1_000_000_000 }),
  queueBytes: fc.nat(20_000),
});
