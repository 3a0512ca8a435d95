import { machineMicros, monotonicMicros, type Datagram } from '@weir/datagram';
import { encodeDatagram, initiatingOptions, shardOfSwarm, type InputOf } from '@weir/ppspp';
import { Registry } from 'prom-client';
import { crossedLines } from './crossed-lines';
import { Crossing } from './crossing';
import { createDatapathMetrics } from './datapath-metrics';
import { OwnAddresses } from './own-addresses';

const from = { ip: '198.51.100.1', port: 4_000 };
const origin = { ip: '203.0.113.7', port: 6_778 };
const count = 3;
/** The port after those at our own addresses. */
const intercepting = 1;

/** A swarm that belongs to a thread. */
function swarmOf(thread: number): string {
  for (let at = 0; ; at++) {
    const swarmId = at.toString(16).padStart(64, '0');
    if (shardOfSwarm(swarmId, count) === thread) return swarmId;
  }
}

function handshakeTo(thread: number): Uint8Array {
  const metadata = { swarmId: swarmOf(thread), hash: 'sha256', addressing: 'chunk32', chunkSize: 1_024 } as const;
  const dialect = { addressing: 'chunk32', hashBytes: 32, chunkSize: undefined } as const;
  const message = { type: 'handshake', channel: 9, options: initiatingOptions(metadata, true) } as const;
  return encodeDatagram(0, [message], dialect);
}

interface Accepted {
  readonly input: InputOf<'datagram'>;
  readonly arrival: number;
}

/** One thread's crossing, and what it lets through. */
class Thread {
  readonly accepted: Accepted[] = [];
  readonly registry = new Registry();
  losses = 0;
  keepsFrom = 0;
  private heard: () => void = () => undefined;
  readonly crossing: Crossing;

  constructor(index: number) {
    this.crossing = new Crossing({
      shard: { index, count },
      servicePorts: intercepting,
      own: new OwnAddresses([{ ip: '192.0.2.99', port: 6_778 }]),
      flows: { look: () => this.losses-- > 0, keeps: (arrivedAt) => arrivedAt >= this.keepsFrom },
      metrics: createDatapathMetrics(this.registry),
      accept: (input, arrival) => {
        this.accepted.push({ input, arrival });
        this.heard();
      },
    });
  }

  /** Resolves with the next datagram. */
  next(): Promise<void> {
    return new Promise((resolve) => (this.heard = resolve));
  }

  async metric(name: string): Promise<number> {
    const { values = [] } = (await this.registry.getSingleMetric(name)?.get()) ?? {};
    return values.reduce((sum, { value }) => sum + value, 0);
  }
}

function arrived(bytes: Uint8Array, to = origin): Datagram {
  return { from, to, bytes, arrival: monotonicMicros() };
}

describe('Crossing', () => {
  let threads: readonly [Thread, Thread, Thread];
  beforeEach(() => {
    threads = [new Thread(0), new Thread(1), new Thread(2)];
    crossedLines(count).forEach((ends, index) => {
      for (const end of ends) threads[index]?.crossing.connect(end);
    });
  });
  afterEach(() => {
    for (const { crossing } of threads) crossing.close();
  });

  it('takes what is its own, and hands on the rest to whom it belongs, as it came', async () => {
    const batch = [0, 1, 2].map((thread) => arrived(handshakeTo(thread)));
    const heard = [threads[1].next(), threads[2].next()];
    threads[0].crossing.take(batch, intercepting);
    await Promise.all(heard);
    for (const [index, { accepted }] of threads.entries()) {
      const bytes = Uint8Array.from(batch[index]?.bytes ?? []);
      expect(accepted.map(({ input }) => ({ ...input, bytes: Uint8Array.from(input.bytes) }))).toEqual([
        { kind: 'datagram', from, origin, port: intercepting, bytes },
      ]);
      const late = Math.abs((accepted[0]?.arrival ?? 0) - (batch[index]?.arrival ?? 0));
      // The clocks are read one after the other.
      expect(late).toBeLessThan(20_000);
    }
    expect(await threads[0].metric('datapath_handed_over_total')).toBe(2);
    expect(await threads[0].metric('datapath_intercepted_total')).toBe(3);
  });

  it('gives what came to an address of ours no origin, and drops what was diverted on its way there', async () => {
    const own = { ip: '192.0.2.99', port: 6_778 };
    threads[0].crossing.take([arrived(handshakeTo(0), own)], 0);
    threads[0].crossing.take([arrived(handshakeTo(0), own)], intercepting);
    threads[0].crossing.take([arrived(handshakeTo(0), { ip: '127.0.0.1', port: 9_100 })], intercepting);
    expect(threads[0].accepted.map(({ input }) => input.origin)).toEqual([undefined]);
    expect(await threads[0].metric('datapath_stray_total')).toBe(2);
  });

  it('drops what was intercepted when its flows were lost meanwhile, and nothing else', async () => {
    threads[0].losses = 1;
    threads[0].crossing.take([arrived(handshakeTo(0))], intercepting);
    threads[0].losses = 1;
    threads[0].crossing.take([arrived(handshakeTo(0))], 0);
    threads[0].crossing.take([arrived(handshakeTo(0))], intercepting);
    expect(threads[0].accepted.map(({ input }) => input.port)).toEqual([0, intercepting]);
    expect(await threads[0].metric('datapath_discarded_total')).toBe(1);
  });

  it('drops what another thread took before the flows were lost', async () => {
    threads[1].keepsFrom = machineMicros() + 60_000_000;
    const heard = threads[1].next();
    threads[0].crossing.take([arrived(handshakeTo(1))], intercepting);
    threads[0].crossing.take([arrived(handshakeTo(1))], 0);
    await heard;
    expect(threads[1].accepted.map(({ input }) => input.origin)).toEqual([undefined]);
    expect(await threads[1].metric('datapath_discarded_total')).toBe(1);
  });

  it('counts what it cannot hand on', async () => {
    threads[0].crossing.close();
    const alone = new Thread(0);
    alone.crossing.take([arrived(handshakeTo(1)), arrived(handshakeTo(0))], 0);
    expect(alone.accepted).toHaveLength(1);
    expect(await alone.metric('datapath_handover_dropped_total')).toBe(1);
  });

  it('goes over to a new line, where the old one led to a thread that is gone', async () => {
    const successor = new Thread(1);
    const [ours = [], theirs = []] = crossedLines(2);
    for (const end of ours) threads[0].crossing.connect(end);
    for (const end of theirs) successor.crossing.connect(end);
    const heard = successor.next();
    threads[0].crossing.take([arrived(handshakeTo(1))], 0);
    await heard;
    expect(threads[1].accepted).toEqual([]);
    expect(successor.accepted).toHaveLength(1);
    successor.crossing.close();
  });
});
