import { setTimeout as pause } from 'node:timers/promises';
import { startTransfer, type Transfer } from '@weir/peer';
import { decodeResponse, encodeRequest, type PeerAddress, type Request } from '@weir/ppstp';
import { MemoryContent } from '../../../peer/src/memory-content.testing';
import { publish } from '../../../peer/src/published.testing';
import { type RunningTracker, startTracker } from '../index';

const { content, extents } = publish(new Uint8Array(3_000).fill(7));
const { metadata } = content.record;

let seeder: Transfer;
let tracker: RunningTracker;

beforeAll(async () => {
  const store = MemoryContent.of(content, extents);
  const listen = { ip: '127.0.0.1', port: 0 };
  seeder = await startTransfer({ metadata, store, listen, want: 'none', trusted: true });
});
afterAll(() => seeder.close());
afterEach(() => tracker.close());

/** Sends a request as one that comes from `from`, through a proxy that the tracker trusts. */
async function ask(request: Request, from: string) {
  const headers = { 'content-type': 'application/ppsp-tracker+json', 'x-forwarded-for': from };
  const answer = await fetch(tracker.url, { method: 'POST', body: encodeRequest(request), headers });
  const decoded = decodeResponse(await answer.text());
  return decoded.ok ? decoded.message : undefined;
}

const start = async (probes: boolean) => {
  tracker = await startTracker({ listen: '127.0.0.1:0', trustedProxies: ['127.0.0.1'], allowLoopback: true, probes });
};

async function register(addresses: readonly PeerAddress[]): Promise<void> {
  const join = { swarmId: metadata.swarmId, action: 'JOIN', mode: 'SEEDER' } as const;
  const request = { type: 'CONNECT', transactionId: 's', peerId: 'seeder', addresses, actions: [join] } as const;
  expect(await ask(request, '192.0.2.1')).toMatchObject({ errorCode: 0 });
}

let transactions = 0;

/** The addresses of the seeder that others are told of. */
async function listed(): Promise<string[]> {
  const peerId = `leech${transactions++}`;
  const join = { swarmId: metadata.swarmId, action: 'JOIN', mode: 'LEECH' } as const;
  const request = { type: 'CONNECT', transactionId: peerId, peerId, addresses: [], actions: [join] } as const;
  const peers = (await ask(request, '198.51.100.1'))?.results.flatMap((result) => result.peers ?? []) ?? [];
  return peers.map(({ address }) => `${address.ip}:${address.port}`);
}

const claimed = () => ({ ...seeder.address, priority: 1, type: 'HOST' }) as const;

it('lists an address that another request came from as soon as a handshake proved it', async () => {
  await start(true);
  await register([claimed()]);
  const own = `127.0.0.1:${seeder.address.port}`;
  const deadline = Date.now() + 10_000;
  while (!(await listed()).includes(own) && Date.now() < deadline) await pause(10);
  expect(await listed()).toEqual([own]);
  const metrics = await (await fetch(new URL('/metrics', tracker.url))).text();
  expect(metrics).toContain('ppstp_tracker_probes_total{outcome="proven"} 1');
});

it('lists it not at all where nothing proves it', async () => {
  await start(false);
  await register([claimed()]);
  expect(await listed()).toEqual([]);
});
