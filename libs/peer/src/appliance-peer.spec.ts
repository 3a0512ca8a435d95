import { mkdtempSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { nativeDatagrams } from '@weir/datagram';
import type { Address, Notice } from '@weir/ppspp';
import { Registry } from 'prom-client';
import { AppliancePeer, type AppliancePeerSettings } from './appliance-peer';
import { MemoryContent } from './memory-content.testing';
import { noPeerRules } from './peer-rules';
import { joined, publish } from './published.testing';
import { startTransfer, type Transfer } from './transfer';

/** Several where they can run: all that holds for one holds for them. */
const threads = nativeDatagrams().available ? 2 : 1;

const capacity = 64 * 2 ** 20;
const subscribers = [{ ip: '127.1.0.0', length: 16, family: 'ipv4' }] as const;
const bytes = new Uint8Array(2_000_123).map((_, at) => (at * at + (at >> 7)) % 251);
const { content, extents } = publish(bytes);
const { metadata } = content.record;
const { swarmId } = metadata;

/** A content that tells when all of it is here. */
class AwaitedContent extends MemoryContent {
  readonly complete: Promise<void>;
  private resolve: () => void = () => undefined;

  constructor() {
    super();
    this.complete = new Promise((resolve) => (this.resolve = resolve));
  }

  override async write(...[write]: Parameters<MemoryContent['write']>): ReturnType<MemoryContent['write']> {
    const written = await super.write(write);
    if (this.extents.size === extents.length) this.resolve();
    return written;
  }
}

// Threads take their time to start where every core is busy.
jest.setTimeout(30_000);

describe('AppliancePeer', () => {
  let directory: string;
  const ends: (() => Promise<void>)[] = [];

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'weir-peer-'));
  });
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
    failuresOf.clear();
    rmSync(directory, { recursive: true, force: true });
  });

  async function appliance(settings: Partial<AppliancePeerSettings> = {}): Promise<AppliancePeer> {
    const listen = [{ ip: '127.3.0.9', port: 0 }];
    const failures: unknown[] = [];
    const external: Address[] = [];
    const listener = {
      onNotice: (notice: Notice) => {
        if (notice.type !== 'peers-wanted') return;
        peer.addPeers(
          notice.swarmId,
          external.map((address) => ({ address, priority: 1 })),
        );
      },
      onReport: () => undefined,
      onTrouble: (message: string) => failures.push(message),
      onFlowsLost: () => undefined,
      onEnded: (_: string, failure: unknown) => failures.push(failure),
      onReplaced: () => undefined,
      onStore: () => undefined,
      onFailure: (failure: unknown) => failures.push(failure),
    };
    const all = { listen, subscribers, threads, storeDirectory: directory, storeCapacityBytes: capacity, ...settings };
    const peer = await AppliancePeer.start(all, listener, new Registry());
    failuresOf.set(peer, failures);
    ends.push(() => peer.stop());
    externalOf.set(peer, external);
    return peer;
  }
  const failuresOf = new Map<AppliancePeer, readonly unknown[]>();
  const externalOf = new WeakMap<AppliancePeer, Address[]>();

  async function seeder(): Promise<Transfer> {
    const store = MemoryContent.of(content, extents);
    const listen = { ip: '127.2.0.9', port: 0 };
    const transfer = await startTransfer({ metadata, store, listen, want: 'none', trusted: true });
    ends.push(() => transfer.close());
    return transfer;
  }

  async function subscriber(peer: AppliancePeer, ip: string): Promise<Uint8Array> {
    const store = new AwaitedContent();
    const transfer = await startTransfer({ metadata, store, listen: { ip, port: 0 }, want: 'all', trusted: false });
    ends.push(() => transfer.close());
    transfer.addPeers(peer.addresses.map((address) => ({ address, priority: 0 })));
    await inTime(store.complete);
    return joined(store.extents.values());
  }

  /** Before the test's own time is over, so that it is told what there is to be told. */
  async function inTime(complete: Promise<void>): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const tooLong = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`the content did not come: ${told()}`)), 25_000);
    });
    await Promise.race([complete, tooLong]).finally(() => clearTimeout(timer));
  }

  /** Of each appliance that a failed test left: what it complained of, and what it did. */
  function told(): string {
    return inspect([...failuresOf].map(([peer, failures]) => ({ failures, totals: peer.totals, held: peer.stored() })));
  }

  it('fetches once for two subscribers, and serves what it stored after a restart', async () => {
    const peer = await appliance();
    externalOf.get(peer)?.push((await seeder()).address);
    for (const ip of ['127.1.0.9', '127.1.0.10']) expect(Buffer.compare(await subscriber(peer, ip), bytes)).toBe(0);
    await peer.refresh();
    expect(peer.totals).toMatchObject({ fetchedBytes: bytes.length, servedBytes: 2 * bytes.length });
    expect(peer.totals).toMatchObject({ hitBytes: bytes.length, missBytes: bytes.length });
    expect([...peer.traffic()]).toEqual([[swarmId, { servedBytes: 2 * bytes.length, fetchedBytes: bytes.length }]]);
    expect(peer.stored()).toMatchObject([{ record: { metadata }, extentsHeld: extents.length }]);
    await peer.stop();
    const again = await appliance();
    expect(Buffer.compare(await subscriber(again, '127.1.0.11'), bytes)).toBe(0);
    await again.refresh();
    expect(again.totals).toMatchObject({ fetchedBytes: 0, hitBytes: bytes.length, missBytes: 0 });
  });

  it('fetches ahead of demand, and forgets what is purged', async () => {
    const peer = await appliance();
    const { address } = await seeder();
    peer.fetch(metadata, [{ address, priority: 0 }]);
    while (peer.stored()[0]?.extentsHeld !== extents.length) await peer.refresh();
    expect(await peer.purge(swarmId)).toBe(true);
    expect(await peer.purge(swarmId)).toBe(false);
    expect(peer.stored()).toEqual([]);
    expect(peer.usage.extents).toBe(0);
    await peer.refresh();
    // What was done is not forgotten with the swarm.
    expect(peer.live()).toEqual([]);
    expect([...peer.traffic()]).toEqual([[swarmId, { servedBytes: 0, fetchedBytes: bytes.length }]]);
  });

  it('serves strangers what is complete, where it is told to, and counts that apart', async () => {
    const peer = await appliance({ peers: { ...noPeerRules, visitors: true } });
    const { address } = await seeder();
    peer.fetch(metadata, [{ address, priority: 0 }]);
    while (peer.stored()[0]?.extentsHeld !== extents.length) await peer.refresh();
    expect(Buffer.compare(await subscriber(peer, '127.8.0.9'), bytes)).toBe(0);
    await peer.refresh();
    expect(peer.guests).toMatchObject({ guestBytes: bytes.length });
    expect(peer.totals).toMatchObject({ servedBytes: 0, hitBytes: 0, missBytes: 0 });
    expect([...peer.traffic()]).toEqual([[swarmId, { servedBytes: bytes.length, fetchedBytes: bytes.length }]]);
  });

  it('leaves nothing open when a socket cannot be opened', async () => {
    const peer = await appliance();
    const elsewhere = mkdtempSync(join(tmpdir(), 'weir-peer-'));
    ends.push(() => rm(elsewhere, { recursive: true, force: true }));
    const refused = appliance({ listen: peer.addresses, storeDirectory: elsewhere });
    await expect(refused).rejects.toMatchObject({
      code: 'DATAPATH_FAILED',
      details: { reason: 'DATAGRAM_ADDRESS_IN_USE' },
    });
    const again = await appliance({ storeDirectory: elsewhere });
    expect(again.usage).toMatchObject({ capacityBytes: capacity, extents: 0 });
  });
});
