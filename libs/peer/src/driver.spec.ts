import { DgramPort } from '@weir/datagram';
import { endpointDefaults, type Notice, type OpenedContent } from '@weir/ppspp';
import { InlineVerifier, type Verifier } from '@weir/verify';
import type { ContentUse } from './content-store';
import { Driver, type DriverParts } from './driver';
import { MemoryContent } from './memory-content.testing';
import { joined, publish } from './published.testing';

interface Actor {
  readonly driver: Driver;
  readonly port: DgramPort;
  readonly failures: unknown[];
  /** Resolves with the next notice of this type. */
  notice(type: Notice['type']): Promise<Notice>;
}

async function actor(
  store: MemoryContent,
  endpoint: Partial<DriverParts['endpoint']> = {},
  verifier: Verifier = new InlineVerifier(),
): Promise<Actor> {
  const port = new DgramPort({ ip: '127.0.0.1', port: 0 });
  const waiting: { readonly type: Notice['type']; readonly resolve: (notice: Notice) => void }[] = [];
  const failures: unknown[] = [];
  const driver = new Driver({
    ports: [port],
    store,
    verifier,
    endpoint: {
      ...endpointDefaults,
      admit: () => 'serve',
      opensUnknown: false,
      fetchesFromCallers: true,
      servesCalled: true,
      ...endpoint,
    },
    onNotice: (notice) => {
      for (const { resolve } of waiting.filter(({ type }) => type === notice.type)) resolve(notice);
    },
    onFailure: (failure) => failures.push(failure),
  });
  await driver.start();
  return { driver, port, failures, notice: (type) => new Promise((resolve) => waiting.push({ type, resolve })) };
}

describe('Driver', () => {
  const bytes = new Uint8Array(300_000).map((_, at) => (at * at) % 251);
  const { content, extents } = publish(bytes);
  const { metadata } = content.record;
  const { swarmId } = metadata;
  const actors: Actor[] = [];

  afterEach(async () => {
    await Promise.all(actors.splice(0).map(({ driver }) => driver.close()));
  });

  async function seeder(store = MemoryContent.of(content, extents)): Promise<Actor> {
    const seeding = await actor(store);
    actors.push(seeding);
    seeding.driver.input({ kind: 'join', join: { metadata, want: 'none', content, trusted: true } });
    return seeding;
  }

  function fetch({ driver }: Actor, from: Actor, held?: OpenedContent): void {
    driver.input({ kind: 'join', join: { metadata, want: 'all', content: held, trusted: false } });
    driver.input({ kind: 'peers', swarmId, peers: [{ address: from.port.local, priority: 0 }] });
  }

  it('tells the store once of each extent that a peer came to', async () => {
    const store = MemoryContent.of(content, extents);
    const used: string[] = [];
    const source = await seeder(
      Object.assign(store, {
        used: ({ by, extent, chunkSize }: ContentUse) => used.push(`${by.ip} ${String(extent)} ${String(chunkSize)}`),
      }),
    );
    const leecher = await actor(new MemoryContent());
    actors.push(leecher);
    const complete = leecher.notice('swarm-complete');
    fetch(leecher, source);
    await complete;
    expect(used.sort()).toEqual(extents.map(({ index }) => `127.0.0.1 ${String(index)} 1024`).sort());
  });

  it('moves a content over real sockets into a store', async () => {
    const source = await seeder();
    const store = new MemoryContent();
    const leecher = await actor(store);
    actors.push(leecher);
    const complete = leecher.notice('swarm-complete');
    fetch(leecher, source);
    await complete;
    expect(Buffer.compare(joined(store.extents.values()), bytes)).toBe(0);
    expect(store.record?.contentBytes).toBe(bytes.length);
    expect(leecher.driver.endpoint.sources(swarmId)).toEqual([{ address: source.port.local, bytes: bytes.length }]);
    expect([...source.failures, ...leecher.failures]).toEqual([]);
  });

  it('opens a swarm that the store has when somebody asks for it, and fetches from nobody', async () => {
    const cache = await actor(MemoryContent.of(content, extents), {
      opensUnknown: true,
      fetchesFromCallers: false,
      servesCalled: false,
    });
    const store = new MemoryContent();
    const leecher = await actor(store);
    actors.push(cache, leecher);
    const complete = leecher.notice('swarm-complete');
    fetch(leecher, cache);
    await complete;
    expect(cache.driver.endpoint.counters).toMatchObject({
      fetchedBytes: 0,
      servedBytes: bytes.length,
      hitBytes: bytes.length,
    });
  });

  it('goes on where a store left off, though its peer leaves out hashes that the store knows', async () => {
    const source = await seeder();
    const held = extents.filter(({ index }) => index % 2 === 0);
    const partial = {
      ...content,
      extents: held.map(({ index }) => index),
    };
    const store = MemoryContent.of(partial, held);
    const leecher = await actor(store);
    actors.push(leecher);
    const complete = leecher.notice('swarm-complete');
    fetch(leecher, source, partial);
    await complete;
    expect(Buffer.compare(joined(store.extents.values()), bytes)).toBe(0);
    const fetched = leecher.driver.endpoint.counters.fetchedBytes;
    expect(fetched).toBe(bytes.length - held.reduce((total, extent) => total + extent.bytes.length, 0));
  });

  it('tells of a store that fails, and goes on', async () => {
    const broken = new MemoryContent();
    const failure = new Error('no disk');
    broken.open = () => Promise.reject(failure);
    const cache = await actor(broken, { opensUnknown: true });
    const leecher = await actor(new MemoryContent());
    actors.push(cache, leecher);
    const wanted = cache.notice('swarm-wanted');
    fetch(leecher, cache);
    expect(await wanted).toMatchObject({ metadata: { swarmId } });
    expect(cache.failures).toContain(failure);
  });

  it('hashes itself when its verifier fails', async () => {
    const source = await seeder();
    const failure = new Error('no thread');
    const failing = {
      leafHashes: () => Promise.reject(failure),
      subtree: () => Promise.reject(failure),
      close: () => Promise.resolve(),
    };
    const leecher = await actor(new MemoryContent(), {}, failing);
    actors.push(leecher);
    const complete = leecher.notice('swarm-complete');
    fetch(leecher, source);
    await complete;
    expect(leecher.failures).toContain(failure);
  });

  it('leaves no port open when one cannot be opened', async () => {
    const source = await seeder();
    const free = new DgramPort({ ip: '127.0.0.1', port: 0 });
    const taken = new DgramPort(source.port.local);
    const driver = new Driver({
      ports: [free, taken],
      store: new MemoryContent(),
      verifier: new InlineVerifier(),
      endpoint: {
        ...endpointDefaults,
        admit: () => 'serve',
        opensUnknown: false,
        fetchesFromCallers: true,
        servesCalled: true,
      },
      onNotice: () => undefined,
      onFailure: () => undefined,
    });
    await expect(driver.start()).rejects.toMatchObject({ code: 'DATAGRAM_ADDRESS_IN_USE' });
    const again = new DgramPort(free.local);
    await again.open(
      () => undefined,
      () => undefined,
    );
    await again.close();
  });

  it('takes nothing after it was closed', async () => {
    const source = await seeder();
    await source.driver.close();
    await source.driver.close();
    source.driver.input({ kind: 'leave', swarmId });
  });
});
