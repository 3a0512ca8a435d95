import fc from 'fast-check';
import type { Address } from '@weir/ppspp';
import { runBytesMax, runDatagramsMax, sendFailuresMax, sendQueueBytesMax, sendRunsMax } from '../limits';
import type { NativeAddon, UdpSocket } from './addon';
import { outcome, run } from './layout';
import { SendQueue, type SendFailure } from './send-queue';

/** An addon whose kernel takes as many runs as it is told, and refuses those to port 13. */
class FakeKernel {
  readonly sent: string[] = [];
  readonly trains: number[] = [];
  readonly failures: SendFailure[] = [];
  counted = 0;
  /** Runs that are taken before the kernel blocks. */
  room = Number.POSITIVE_INFINITY;
  readonly queue: SendQueue;
  readonly socket: UdpSocket;

  constructor() {
    const addon: NativeAddon = {
      ...noAddon,
      encodeAddress: (ip, port, words, at) => {
        words.set([4, port, 0, ...ip.split('.').map(Number)], at);
        return /^[\d.]+$/.test(ip);
      },
    };
    this.queue = new SendQueue(addon, {
      onSent: (datagrams) => (this.counted += datagrams),
      onFailure: (failure) => this.failures.push(failure),
    });
    this.socket = {
      receive: () => undefined,
      discard: () => 0,
      close: () => undefined,
      send: (first, end) => this.take(first, end),
    };
  }

  add(port: number, bytes: Uint8Array) {
    return this.queue.add(this.socket, { ip: '192.0.2.1', port }, undefined, bytes);
  }

  private take(first: number, end: number): void {
    const told = this.queue.outcome.fill(0);
    let next = first;
    const full = () => told[outcome.failures] === sendFailuresMax;
    for (; next < end && this.room > 0 && !full(); next++, this.room--) this.takeRun(next);
    told[outcome.runs] = next - first;
    told[outcome.blocked] = next < end && !full() ? 1 : 0;
  }

  private takeRun(index: number): void {
    const words = this.queue.runs.subarray(index * run.words, (index + 1) * run.words);
    const [offset = 0, bytes = 0, segment = 0, count = 0] = words;
    const told = this.queue.outcome;
    if (words[run.to + 1] === 13) {
      const at = outcome.words + (told[outcome.failures] ?? 0) * outcome.failureWords;
      told.set([index, count, 1], at);
      told[outcome.failures] = (told[outcome.failures] ?? 0) + 1;
      return;
    }
    this.trains.push(count);
    for (let done = 0; done < count; done++) {
      const from = offset + done * segment;
      const until = Math.min(from + segment, offset + bytes);
      this.sent.push(
        `${String(words[run.to + 1])}:${Buffer.from(this.queue.arena.subarray(from, until)).toString('hex')}`,
      );
    }
    told[outcome.datagrams] = (told[outcome.datagrams] ?? 0) + count;
  }
}

const noAddon: NativeAddon = {
  layoutVersion: 6,
  limits: {},
  PassingSocket: class {
    pass(): number {
      return 0;
    }
    close(): void {
      return undefined;
    }
  },
  UdpSocket: class {
    discard(): number {
      return 0;
    }
    receive(): void {
      return undefined;
    }
    send(): void {
      return undefined;
    }
    close(): void {
      return undefined;
    }
  },
  openUdp: () => 0,
  connectTcp: () => 0,
  openTcp: () => 0,
  closeSocket: () => undefined,
  localAddress: (): Address => ({ ip: '192.0.2.1', port: 1 }),
  encodeAddress: () => true,
  notifyService: () => 0,
};

describe('SendQueue', () => {
  it('sends all that it took, once, in order, whenever the kernel takes it', () => {
    const step = fc.oneof(
      fc.record({
        kind: fc.constant('add' as const),
        port: fc.constantFrom(7, 8, 13),
        length: fc.nat(3),
        times: fc.nat(90),
      }),
      fc.record({
        kind: fc.constant('big' as const),
        port: fc.constantFrom(7, 8),
        length: fc.integer({ min: 9_000, max: 65_507 }),
      }),
      fc.record({ kind: fc.constant('room' as const), runs: fc.nat(9) }),
      fc.constant({ kind: 'flush' as const }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const kernel = new FakeKernel();
        const expected: string[] = [];
        let refused = 0;
        const add = (port: number, length: number): void => {
          const bytes = Buffer.alloc(length, expected.length);
          if (kernel.add(port, bytes) !== undefined) return;
          if (port === 13) refused++;
          else expected.push(`${String(port)}:${bytes.toString('hex')}`);
        };
        kernel.room = 0;
        for (const one of steps) {
          if (one.kind === 'add') for (let count = 0; count < one.times; count++) add(one.port, one.length);
          else if (one.kind === 'big') add(one.port, one.length);
          else if (one.kind === 'flush') kernel.queue.flush();
          else {
            kernel.room = one.runs;
            kernel.queue.unblock();
          }
        }
        kernel.room = Number.POSITIVE_INFINITY;
        kernel.queue.unblock();
        expect(kernel.sent).toEqual(expected);
        expect(kernel.counted).toBe(expected.length);
        expect(kernel.failures.reduce((sum, { datagrams }) => sum + datagrams, 0)).toBe(refused);
        expect(kernel.queue.empty).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  it('makes trains of equal datagrams, as long as the kernel allows', () => {
    const kernel = new FakeKernel();
    for (let count = 0; count < 150; count++) kernel.add(7, Buffer.alloc(100));
    kernel.queue.flush();
    expect(kernel.trains).toEqual([runDatagramsMax, runDatagramsMax, 150 - 2 * runDatagramsMax]);
    kernel.trains.length = 0;
    for (let count = 0; count < 50; count++) kernel.add(7, Buffer.alloc(1_400));
    kernel.queue.flush();
    expect(kernel.trains).toEqual([Math.floor(runBytesMax / 1_400), 50 - Math.floor(runBytesMax / 1_400)]);
  });

  it('ends a train with the first datagram that is shorter, longer, empty or for another', () => {
    const kernel = new FakeKernel();
    const all: [number, number][] = [
      [7, 10],
      [7, 10],
      [7, 4],
      [7, 4],
      [7, 5],
      [8, 5],
      [8, 0],
      [8, 0],
    ];
    for (const [port, length] of all) kernel.add(port, Buffer.alloc(length));
    kernel.queue.flush();
    expect(kernel.trains).toEqual([3, 1, 1, 1, 1, 1]);
  });

  it('refuses what does not fit while the kernel takes nothing, and takes again when it does', () => {
    const kernel = new FakeKernel();
    kernel.room = 0;
    const bytes = Buffer.alloc(sendQueueBytesMax / 16);
    for (let count = 0; count < 16; count++) expect(kernel.add(7, bytes)).toBeUndefined();
    expect(kernel.add(7, bytes)).toBe('queue-full');
    kernel.room = 8;
    kernel.queue.unblock();
    expect(kernel.add(7, bytes)).toBeUndefined();
    kernel.room = Number.POSITIVE_INFINITY;
    kernel.queue.unblock();
    expect(kernel.sent).toHaveLength(17);
  });

  it('bounds the number of runs, too', () => {
    const kernel = new FakeKernel();
    kernel.room = 0;
    for (let count = 0; count < sendRunsMax; count++)
      expect(kernel.add(7 + (count % 2), Buffer.alloc(1))).toBeUndefined();
    expect(kernel.add(7, Buffer.alloc(1))).toBe('queue-full');
    expect(kernel.add(7, Buffer.alloc(0))).toBe('queue-full');
  });

  it('refuses what is no address, and goes on', () => {
    const kernel = new FakeKernel();
    const add = (ip: string) => kernel.queue.add(kernel.socket, { ip, port: 7 }, undefined, Buffer.from('x'));
    expect(add('localhost')).toBe('address-invalid');
    expect(add('192.0.2.1')).toBeUndefined();
    kernel.queue.flush();
    expect(kernel.sent).toEqual(['7:78']);
  });
});
