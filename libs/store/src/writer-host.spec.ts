import { once } from 'node:events';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { TestContent } from './content.testing';
import { StoreError } from './errors';
import { queuedBytesMax } from './limits';
import { MemoryStore } from './memory-store';
import { type Batch, type CommitResult, type StoreWriter, emptyBatch } from './store';
import { StoreClient } from './store-client';
import { WriterHost } from './writer-host';
import type { ControlReply, ControlRequest, StoreNotice } from './writer-messages';

const one = new TestContent(1);
const other = new TestContent(2);

/** A writer that tells how many batches each transaction had, and fails when told to. */
class WatchedWriter implements StoreWriter {
  readonly transactions: number[] = [];
  failing = false;
  closed = false;
  private readonly inner: StoreWriter;

  constructor(readonly store = new MemoryStore()) {
    this.inner = store.writer({ capacityBytes: 64 * 1024 * 1024 });
  }

  commit(batches: readonly Batch[], now: number): CommitResult[] {
    if (this.failing) throw new StoreError('STORE_FAILED', 'planned');
    this.transactions.push(batches.length);
    return this.inner.commit(batches, now);
  }

  sweep(): boolean {
    return this.inner.sweep();
  }

  tend(): boolean {
    return this.inner.tend();
  }

  usage() {
    return this.inner.usage();
  }

  slab() {
    return this.inner.slab();
  }

  moves() {
    return this.inner.moves();
  }

  get records() {
    return this.inner.records;
  }

  remember(): void {
    this.inner.remember();
  }

  close(): Promise<void> {
    this.closed = true;
    return this.inner.close();
  }
}

describe('a writer served to clients', () => {
  let writer: WatchedWriter;
  let control: MessagePort;
  let ended: Promise<unknown>;
  let clients: StoreClient[];
  const replies: ControlReply[] = [];
  const recording = { recorded: 2, dropped: 1, noRoom: 0, failures: 0 };

  beforeEach(() => {
    const recorder = { drain: () => recording };
    writer = new WatchedWriter();
    const { port1, port2 } = new MessageChannel();
    control = port1;
    replies.length = 0;
    control.on('message', (reply: ControlReply) => replies.push(reply));
    clients = [];
    ended = new WriterHost(writer, port2, { unixSeconds: () => 77, recorder }).run().catch((error: unknown) => error);
  });

  afterEach(async () => {
    send({ type: 'stop' });
    await ended;
    control.close();
  });

  function send(request: ControlRequest, transfer: MessagePort[] = []): void {
    control.postMessage(request, transfer);
  }

  function connect(onNotice?: (notice: StoreNotice) => void): StoreClient {
    const { port1, port2 } = new MessageChannel();
    send({ type: 'connect', port: port2 }, [port2]);
    const client = new StoreClient(port1, onNotice);
    clients.push(client);
    return client;
  }

  it('says that it is ready, and how full the store is', async () => {
    await once(control, 'message');
    expect(replies).toEqual([{ type: 'ready', usage: writer.usage() }]);
  });

  it('answers each commit', async () => {
    const client = connect();
    await expect(client.commit(one.batch([0]))).resolves.toMatchObject({ written: [{ index: 0 }] });
    await expect(client.commit(one.batch([0]))).resolves.toMatchObject({ written: [] });
    const reader = writer.store.reader();
    await expect(reader.read(one.swarmId, 0)).resolves.toEqual(one.extent(0));
    expect(reader.swarms()).toMatchObject([{ firstUse: 77 }]);
  });

  it('commits together what one client queued', async () => {
    const client = connect();
    await Promise.all([0, 1, 2, 3].map((index) => client.commit(one.batch([index]))));
    expect(writer.transactions).toEqual([4]);
    const first = client.commit(one.batch([4]));
    await new Promise(setImmediate);
    const rest = [5, 6].map((index) => client.commit(one.batch([index])));
    await Promise.all([first, ...rest]);
    expect(writer.transactions).toEqual([4, 1, 2]);
  });

  it('commits together what several clients sent', async () => {
    const [a, b] = [connect(), connect()];
    const results = await Promise.all([a.commit(one.batch([0])), b.commit(other.batch([1, 2]))]);
    expect(writer.transactions).toEqual([2]);
    expect(results.map(({ written }) => written.length)).toEqual([1, 2]);
  });

  it('tells how a recording goes', async () => {
    await connect().commit(one.batch([0]));
    await new Promise(setImmediate);
    expect(replies.at(-1)).toMatchObject({ type: 'transaction', report: { recording } });
  });

  it('tells every client what changed, before it answers', async () => {
    const heard: string[] = [];
    const a = connect((notice) => heard.push(`a ${notice.written.length}/${notice.erased.length}`));
    const b = connect((notice) => heard.push(`b ${notice.written.length}/${notice.erased.length}`));
    await a.commit(one.batch([0, 1]));
    heard.push('answered');
    await b.commit({ ...emptyBatch, touched: [{ swarmId: one.swarmId, index: 0 }] });
    await b.commit({ ...emptyBatch, erase: [{ swarmId: one.swarmId }] });
    await a.commit(emptyBatch);
    expect(heard.filter((text) => text.startsWith('a') && text !== 'answered')).toEqual(['a 2/0', 'a 0/1']);
    expect(heard.filter((text) => text.startsWith('b'))).toEqual(['b 2/0', 'b 0/1']);
    expect(heard.indexOf('a 2/0')).toBeLessThan(heard.indexOf('answered'));
  });

  describe('with a slab', () => {
    const capacityBytes = 2 * 1024 * 1024;
    const many = new TestContent(3, { chunkCount: 64 * 100 });

    beforeEach(async () => {
      send({ type: 'stop' });
      await ended;
      control.close();
      const { port1, port2 } = new MessageChannel();
      control = port1;
      const inner = writer.store.writer({
        capacityBytes,
        probationBytes: 8 * 17 * 4096,
        judgement: { swarmShareMax: 1 },
      });
      ended = new WriterHost(inner, port2).run();
    });

    it('tells everyone what is in it, and who comes late what is there already', async () => {
      const early = connect();
      for (let index = 0; index < 32; index++) await early.commit(many.batch([index]));
      const late = connect();
      await late.slab.known;
      const held = early.slab.indexes(many.swarmId);
      expect(held.length).toBeGreaterThan(0);
      expect(late.slab.indexes(many.swarmId)).toEqual(held);
      for (const { slab } of [early, late]) {
        const [index = 0] = held;
        const place = slab.place({ swarmId: many.swarmId, index });
        expect(place && slab.read(index, place)).toEqual(many.extent(index));
      }
      await early.commit({ ...emptyBatch, erase: [{ swarmId: many.swarmId }] });
      await late.commit(emptyBatch);
      expect([early, late].flatMap(({ slab }) => slab.indexes(many.swarmId))).toEqual([]);
    });
  });

  it('reports each transaction for the metrics', async () => {
    const beyond = { ...one.write([]), extents: [{ ...one.extent(0), index: 99 }] };
    await connect().commit({ ...emptyBatch, writes: [one.write([0, 1]), beyond] });
    while (replies.length < 2) await once(control, 'message');
    expect(replies[1]).toMatchObject({
      type: 'transaction',
      report: { written: 2, evicted: 0, refused: { malformed: 1, full: 0 }, usage: { extents: 2 } },
    });
  });

  it('sweeps what erased swarms left while nobody commits', async () => {
    const client = connect();
    await client.commit(one.batch([0], [one.block(1, 0)]));
    await client.commit({ ...emptyBatch, erase: [{ swarmId: one.swarmId }] });
    while (writer.usage().storedBytes > 0) await new Promise(setImmediate);
    expect(writer.usage().storedBytes).toBe(0);
    const told = (): unknown => replies.at(-1);
    while (JSON.stringify(told()).includes('"transaction"')) await once(control, 'message');
    expect(told()).toMatchObject({ type: 'swept', usage: { storedBytes: 0 } });
  });

  it('refuses what does not fit the queue, and takes it again when it has emptied', async () => {
    const client = connect();
    const huge = { ...one.write([]), extents: [{ ...one.extent(0), bytes: new Uint8Array(queuedBytesMax) }] };
    expect(client.saturated).toBe(false);
    const first = client.commit({ ...emptyBatch, writes: [huge] });
    expect(client.saturated).toBe(true);
    await expect(client.commit(one.batch([0]))).rejects.toMatchObject({ code: 'STORE_BUSY' });
    await first;
    expect(client.saturated).toBe(false);
    await expect(client.commit(one.batch([0]))).resolves.toMatchObject({ written: [{ index: 0 }] });
  });

  it('commits what was sent before the stop', async () => {
    const client = connect();
    await client.commit(one.batch([0]));
    const last = client.commit(one.batch([1]));
    await Promise.resolve();
    send({ type: 'stop' });
    await expect(last).resolves.toMatchObject({ written: [{ index: 1 }] });
    await expect(ended).resolves.toBeUndefined();
    expect(writer.closed).toBe(true);
  });

  it('lets a client wait for its answers and leave', async () => {
    const [client, staying] = [connect(), connect()];
    const answer = client.commit(one.batch([0]));
    await client.close();
    await expect(answer).resolves.toMatchObject({ written: [{ index: 0 }] });
    await expect(client.commit(one.batch([1]))).rejects.toMatchObject({ code: 'STORE_CLOSED' });
    await expect(staying.commit(one.batch([1]))).resolves.toMatchObject({ written: [{ index: 1 }] });
  });

  it('ends when the writer fails, and every client with it', async () => {
    const [client, idle] = [connect(), connect()];
    await client.commit(one.batch([0]));
    writer.failing = true;
    await expect(client.commit(one.batch([1]))).rejects.toMatchObject({ code: 'STORE_CLOSED' });
    await expect(ended).resolves.toMatchObject({ code: 'STORE_FAILED' });
    await expect(idle.commit(one.batch([1]))).rejects.toMatchObject({ code: 'STORE_CLOSED' });
    expect(writer.closed).toBe(true);
  });

  it('leaves shared memory where it is, and takes of a larger buffer only the part that is meant', async () => {
    const extent = one.extent(0);
    const large = new Uint8Array(1_000_000);
    large.set(extent.bytes, 500_000);
    const bytes = large.subarray(500_000, 500_000 + extent.bytes.length);
    await connect().commit({ ...emptyBatch, writes: [{ ...one.write([]), extents: [{ ...extent, bytes }] }] });
    await expect(writer.store.reader().read(one.swarmId, 0)).resolves.toEqual(extent);
  });
});
