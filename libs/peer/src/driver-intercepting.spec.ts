import { monotonicMicros, type BatchListener, type DatagramPort, type OutgoingDatagram } from '@weir/datagram';
import { encodeDatagram, endpointDefaults, initiatingOptions, peekChannel, type Flow, type InputOf } from '@weir/ppspp';
import { InlineVerifier } from '@weir/verify';
import { Driver } from './driver';
import { MemoryContent } from './memory-content.testing';
import { publish } from './published.testing';

/** A port in memory: what is sent is kept, and what is given to it arrives. */
class KeptPort implements DatagramPort {
  readonly sent: OutgoingDatagram[] = [];
  deliver: BatchListener = () => undefined;
  private told: () => void = () => undefined;

  constructor(readonly local: { readonly ip: string; readonly port: number }) {}

  open(onBatch: BatchListener): Promise<void> {
    this.deliver = onBatch;
    return Promise.resolve();
  }

  send(batch: readonly OutgoingDatagram[]): number {
    this.sent.push(...batch);
    this.told();
    return batch.length;
  }

  /** Resolves when something is sent. */
  next(): Promise<void> {
    return new Promise((resolve) => (this.told = resolve));
  }

  takeCounts(): never {
    throw new RangeError('nobody counts here');
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

const from = { ip: '127.1.0.1', port: 4_000 };
const origin = { ip: '203.0.113.7', port: 6_778 };

describe('a Driver of what is intercepted', () => {
  const { content, extents } = publish(new Uint8Array(100_000).fill(3));
  const { metadata } = content.record;
  const service = new KeptPort({ ip: '127.0.0.1', port: 6_778 });
  const diverted = new KeptPort({ ip: '127.0.0.1', port: 9_100 });
  const passed: { readonly datagram: InputOf<'datagram'>; readonly flow: Flow }[] = [];
  let driver: Driver;
  let told: () => void = () => undefined;

  beforeEach(async () => {
    for (const kept of [service.sent, diverted.sent, passed]) kept.splice(0);
    driver = new Driver({
      ports: [service, diverted],
      servicePorts: 1,
      sort: (batch, port) => {
        for (const { bytes, to, arrival } of batch)
          driver.arrive({ kind: 'datagram', from, origin: port === 0 ? undefined : to, port, bytes }, arrival);
      },
      onNotOurs: (datagram, flow) => {
        passed.push({ datagram, flow });
        told();
      },
      store: MemoryContent.of(content, extents),
      verifier: new InlineVerifier(),
      endpoint: {
        ...endpointDefaults,
        admit: () => 'serve',
        opensUnknown: true,
        fetchesFromCallers: false,
        servesCalled: false,
      },
      onNotice: () => undefined,
      onFailure: () => undefined,
    });
    await driver.start();
  });
  afterEach(() => driver.close());

  function handshake(): Uint8Array {
    const dialect = { addressing: 'chunk32', hashBytes: 32, chunkSize: undefined } as const;
    const message = { type: 'handshake', channel: 9, options: initiatingOptions(metadata, true) } as const;
    return encodeDatagram(0, [message], dialect);
  }

  it('answers from the address that was meant, by the socket it came in by', async () => {
    const answered = diverted.next();
    diverted.deliver([{ from, to: origin, bytes: handshake(), arrival: monotonicMicros() }]);
    await answered;
    expect(diverted.sent).toMatchObject([{ to: from, from: origin }]);
    expect(diverted.sent.map(({ bytes }) => peekChannel(bytes))).toEqual([9]);
    expect([service.sent, passed]).toEqual([[], []]);
  });

  it('gives back what is none of ours, as it came', async () => {
    const bytes = Buffer.from('no datagram of ours');
    const given = new Promise<void>((resolve) => (told = resolve));
    diverted.deliver([{ from, to: origin, bytes, arrival: monotonicMicros() }]);
    await given;
    expect(passed).toEqual([{ datagram: { kind: 'datagram', from, origin, port: 1, bytes }, flow: 'other' }]);
    expect(diverted.sent).toEqual([]);
  });

  it('keeps what is none of ours but was meant for us', async () => {
    const answered = service.next();
    const arrival = monotonicMicros();
    service.deliver([{ from, to: service.local, bytes: Buffer.from('no datagram of ours'), arrival }]);
    service.deliver([{ from, to: service.local, bytes: handshake(), arrival }]);
    await answered;
    expect(passed).toEqual([]);
    expect(service.sent).toMatchObject([{ to: from, from: undefined }]);
  });

  it('calls peers from addresses of its own alone', async () => {
    const called = service.next();
    const stranger = publish(new Uint8Array(200_000).fill(4)).content.record.metadata;
    driver.input({ kind: 'join', join: { metadata: stranger, want: 'all', content: undefined, trusted: false } });
    driver.input({ kind: 'peers', swarmId: stranger.swarmId, peers: [{ address: origin, priority: 0 }] });
    await called;
    expect(service.sent).toMatchObject([{ to: origin }]);
    expect(diverted.sent).toEqual([]);
  });
});
