import { second } from '../limits';
import { publish, published, type Published } from '../swarm/published.testing';
import type { SwarmMetadata } from '../swarm/metadata';
import { extentChunks } from '../swarm/content';
import type { Address } from './address';
import { messagesOf, opening, TestEndpoint } from './endpoint.testing';

const seederAt: Address = { ip: '192.0.2.1', port: 1 };
const leecherAt: Address = { ip: '192.0.2.2', port: 2 };
const benign = { integrityMethods: ['merkle', 'none'] } as const;

/** Content that nothing protects. */
function unprotected(size: number): Published {
  const { bytes, extents } = published(size);
  const metadata: SwarmMetadata = {
    swarmId: '746f776e',
    integrity: 'none',
    hash: 'sha256',
    addressing: 'chunk32',
    chunkSize: 1_024,
    contentBytes: size,
  };
  const record = { metadata, chunkCount: Math.ceil(size / 1_024), peaks: [], contentBytes: size };
  return {
    bytes,
    metadata,
    extents: extents.map((extent) => ({ ...extent, hashes: new Uint8Array(0) })),
    content: { record, blocks: [], extents: extents.map(({ index }) => index) },
  };
}

/** Carries datagrams between two endpoints until the leecher is complete, or for a minute; what the seeder sent. */
function exchange(seeder: TestEndpoint, leecher: TestEndpoint, change = (bytes: Uint8Array) => bytes): Uint8Array[] {
  const sent: Uint8Array[] = [];
  for (let turn = 0; turn < 600 && !isComplete(leecher); turn++) {
    for (const { bytes } of leecher.wait(second / 10)) seeder.hear(leecherAt, bytes.slice());
    for (const { bytes } of seeder.wait(second / 10)) {
      sent.push(bytes.slice());
      leecher.hear(seederAt, change(bytes.slice()));
    }
  }
  return sent;
}

function isComplete({ notices }: TestEndpoint): boolean {
  return notices.some(({ type }) => type === 'swarm-complete');
}

function fetched({ written }: TestEndpoint): Uint8Array {
  return Buffer.concat([...written].sort(([one], [other]) => one - other).map(([, bytes]) => bytes));
}

describe('content that nothing protects', () => {
  it.each([1, 1_024, 1_025, extentChunks * 1_024, 200_000])('comes whole, without a hash: %i bytes', (size) => {
    const content = unprotected(size);
    const seeder = new TestEndpoint(benign).seed(content);
    const leecher = new TestEndpoint(benign).fetch(content.metadata, seederAt);
    const sent = exchange(seeder, leecher);
    expect(isComplete(leecher)).toBe(true);
    expect(Buffer.compare(fetched(leecher), content.bytes)).toBe(0);
    const types = new Set(sent.flatMap((bytes) => messagesOf([{ to: leecherAt, bytes }]).map(({ type }) => type)));
    expect(types.has('integrity')).toBe(false);
    expect(types.has('data')).toBe(true);
  });

  it('is not fetched from a peer whose chunks have another length', () => {
    const content = unprotected(5_000);
    const seeder = new TestEndpoint(benign).seed(content);
    const leecher = new TestEndpoint(benign).fetch({ ...content.metadata, contentBytes: 5_001 }, seederAt);
    exchange(seeder, leecher);
    expect(isComplete(leecher)).toBe(false);
    expect(leecher.endpoint.counters.faults.get('data-wrong')).toBeGreaterThan(0);
  });

  it('is answered only where it is allowed', () => {
    const content = unprotected(5_000);
    for (const config of [{}, { opensUnknown: true }]) {
      const endpoint = new TestEndpoint(config);
      expect(endpoint.hear(leecherAt, opening(content.metadata, 7)).take()).toEqual([]);
      expect(endpoint.endpoint.counters.faults.get('integrity-method')).toBe(1);
    }
  });

  it('is never opened because a stranger asks for it', () => {
    const endpoint = new TestEndpoint({ ...benign, opensUnknown: true });
    expect(endpoint.hear(leecherAt, opening(unprotected(5_000).metadata, 7)).take()).toEqual([]);
    expect(endpoint.endpoint.counters.faults.get('swarm-other')).toBe(1);
  });

  it('and content that a tree protects are never one swarm', () => {
    const content = published(5_000);
    const seeder = new TestEndpoint(benign).seed(content);
    const leecher = new TestEndpoint(benign).fetch(
      { ...content.metadata, integrity: 'none', contentBytes: 5_000 },
      seederAt,
    );
    exchange(seeder, leecher);
    expect(isComplete(leecher)).toBe(false);
    expect(seeder.endpoint.counters.faults.get('integrity-method')).toBeGreaterThan(0);
  });
});

describe.each([
  { hash: 'sha1', bytes: 40 },
  { hash: 'sha256', bytes: 64 },
  { hash: 'sha512', bytes: 128 },
] as const)('content of exactly two hashes of $hash', ({ hash, bytes: size }) => {
  const content = published(size, { hash });

  it('is fetched if its size is stated', () => {
    const seeder = new TestEndpoint().seed(content);
    const leecher = new TestEndpoint().fetch({ ...content.metadata, contentBytes: size }, seederAt);
    exchange(seeder, leecher);
    expect(isComplete(leecher)).toBe(true);
    expect(Buffer.compare(fetched(leecher), content.bytes)).toBe(0);
  });

  it('is fetched if its size is stated when the swarm is open already', () => {
    const seeder = new TestEndpoint().seed(content);
    const leecher = new TestEndpoint().fetch(content.metadata, seederAt);
    leecher.fetch({ ...content.metadata, contentBytes: size }, seederAt);
    exchange(seeder, leecher);
    expect(isComplete(leecher)).toBe(true);
  });

  it('is not believed without: it could be the hashes below the root of larger content', () => {
    const seeder = new TestEndpoint().seed(content);
    const leecher = new TestEndpoint().fetch(content.metadata, seederAt);
    exchange(seeder, leecher);
    expect(leecher.written.size).toBe(0);
  });

  it.each([undefined, 2_000])('is not believed of larger content of %p stated bytes', (contentBytes) => {
    const larger = published(2_000, { hash });
    const [first = new Uint8Array(), second = new Uint8Array()] =
      larger.content.record.peaks.length === 1
        ? [larger.extents[0]?.hashes.subarray(0, size / 2), larger.extents[0]?.hashes.subarray(size, size + size / 2)]
        : [];
    const forged = publish(Buffer.concat([first, second]), { hash, addressing: 'chunk32', chunkSize: 1_024 });
    expect(forged.metadata.swarmId).toBe(larger.metadata.swarmId);
    const seeder = new TestEndpoint().seed(forged);
    const stated = contentBytes === undefined ? {} : { contentBytes };
    const leecher = new TestEndpoint().fetch({ ...larger.metadata, ...stated }, seederAt);
    exchange(seeder, leecher);
    expect(leecher.written.size).toBe(0);
  });
});
