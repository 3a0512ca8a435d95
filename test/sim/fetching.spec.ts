import { constantDelay, SimulatedLink } from '@weir/datagram';
import type { Address } from '@weir/ppspp';
import { generated, publish } from './content';
import { withheldChunks } from './liars';
import type { Peer, PeerOptions } from './peer';
import { expectThat } from './seeds';
import { World } from './world';

const content = publish(generated('fetching', 4_000_123), { hash: 'sha1', addressing: 'chunk32', chunkSize: 1024 });
const { swarmId } = content.metadata;
const leecherIp = '10.2.0.1';
const roundTrip = 50_000;
const uplink = 500_000;

/** Seeders with an uplink of their own each, 25 ms from a leecher that takes whatever comes. */
class Scene {
  readonly world: World;
  readonly seeders: Peer[] = [];
  readonly links: SimulatedLink[] = [];
  private readonly uplinks = new Map<string, SimulatedLink>();

  constructor(seed: number) {
    const wide = new SimulatedLink({ delay: constantDelay(roundTrip / 2) });
    const route = (from: Address): SimulatedLink => this.uplinks.get(from.ip) ?? wide;
    this.world = new World({ seed, route });
  }

  async seeder(bytesPerSecond = uplink, options: PeerOptions = {}): Promise<Peer> {
    const ip = `10.9.0.${String(this.seeders.length + 1)}`;
    const link = new SimulatedLink({ bytesPerSecond, queueBytes: 100_000, delay: constantDelay(roundTrip / 2) });
    this.uplinks.set(ip, link);
    this.links.push(link);
    const seeder = (await this.world.peer(ip, options)).seed(content);
    this.seeders.push(seeder);
    return seeder;
  }

  async leecher(seeders: readonly Peer[] = this.seeders): Promise<Peer> {
    const leecher = await this.world.peer(leecherIp);
    return leecher.fetch(
      content.metadata,
      seeders.map(({ address }) => ({ address, priority: 1 })),
    );
  }

  /** Runs to the end; the seconds it took. */
  finish(leecher: Peer): number {
    const begin = this.world.now;
    expectThat(
      this.world.run(() => leecher.complete(swarmId), 120),
      'complete within two minutes',
    );
    expectThat(Buffer.compare(leecher.bytesOf(content) ?? new Uint8Array(), content.bytes) === 0, 'bytes are the same');
    return (this.world.now - begin) / 1e6;
  }
}

/** Seconds that one peer takes; measured, for it is what the others are compared with. */
async function alone(): Promise<number> {
  const scene = new Scene(1);
  await scene.seeder();
  return scene.finish(await scene.leecher());
}

/** A handshake, a first chunk that tells the size, and some round trips until LEDBAT knows each path. */
const startUp = (10 * roundTrip) / 1e6;

/** What a REQUEST, and what it asks for, take beside the timeouts. */
const oneWay = roundTrip / 2;

/** Chunks asked of one peer twice, or of another while the first was still asked. */
function expectAskedOnce(leecher: Peer): void {
  const { duplicateBytes } = leecher.endpoint.counters;
  expectThat(duplicateBytes <= 0.01 * content.bytes.length, `${String(duplicateBytes)} bytes came twice`);
}

it.each([1, 2, 4, 8])('%i equal peers take little more than their share of the time of one', async (k) => {
  const scene = new Scene(k);
  for (let count = 0; count < k; count++) await scene.seeder();
  const leecher = await scene.leecher();
  const seconds = scene.finish(leecher);
  const most = (1.15 / k) * (await alone()) + startUp;
  expectThat(seconds <= most, `${String(most)} s at most, not ${String(seconds)}`);
  expectAskedOnce(leecher);
});

it.each([10, 50, 500])('a peer that is %i times slower than three others costs next to nothing', async (times) => {
  const three = new Scene(1);
  for (let count = 0; count < 3; count++) await three.seeder();
  const fast = three.finish(await three.leecher());
  const scene = new Scene(1);
  for (let count = 0; count < 3; count++) await scene.seeder();
  const slow = await scene.seeder(uplink / times);
  const leecher = await scene.leecher();
  const seconds = scene.finish(leecher);
  expectThat(seconds <= 1.05 * fast + 0.1, `${String(fast)} s without it, ${String(seconds)} with it`);
  expectThat(slow.endpoint.counters.servedBytes <= (2 * content.bytes.length) / (3 * times) + 40_000, 'is given less');
  expectAskedOnce(leecher);
});

/** Chunks that the peer was asked for and that did not come. */
function owedBy(leecher: Peer, ip: string): number[] {
  const owed: number[] = [];
  for (const { address, downloader } of leecher.endpoint.channels.all())
    if (address.ip === ip) owed.push(...downloader.requests.awaited());
  return owed;
}

/** The timeout that the leecher measured. */
function timeoutFor(leecher: Peer, ip: string): number {
  for (const { address, downloader } of leecher.endpoint.channels.all())
    if (address.ip === ip) return downloader.pace.timeout;
  return 0;
}

it.each([0.2, 0.5, 0.8])('a peer that dies after %d of the content is replaced within two timeouts', async (part) => {
  const scene = new Scene(10);
  for (let count = 0; count < 3; count++) await scene.seeder();
  const leecher = await scene.leecher();
  scene.world.run(() => leecher.endpoint.counters.fetchedBytes > part * content.bytes.length, 100);
  const ip = scene.seeders[0]?.address.ip ?? '';
  const timeout = timeoutFor(leecher, ip);
  expectThat(timeout >= 200_000 && timeout < 400_000, `a timeout of ${String(timeout)}`);
  const owed = new Set(owedBy(leecher, ip));
  expectThat(owed.size > 20, 'it owes chunks');
  scene.seeders[0]?.kill();
  // What is under way still comes.
  const begin = scene.world.now + 2 * oneWay + (100_000 / uplink) * 1e6;
  scene.world.run(() => !owedBy(leecher, ip).some((chunk) => owed.has(chunk)), 10);
  const waited = scene.world.now - begin;
  expectThat(waited <= 2 * timeout, `two timeouts of ${String(timeout)}, not ${String(waited)}`);
  scene.finish(leecher);
  expectAskedOnce(leecher);
});

/** The channel on which a leecher fetches from a peer. */
function lineTo(leecher: Peer, ip: string) {
  return [...leecher.endpoint.channels.all()].find(({ address }) => address.ip === ip);
}

/** Says something on all channels of a peer. */
function sayAll(peer: Peer, type: 'choke' | 'unchoke'): void {
  for (const channel of peer.endpoint.channels.all()) {
    if (type === 'choke') channel.uploader.drop();
    channel.tell({ type });
  }
  // Something happens, so that it is sent.
  peer.input({ kind: 'peers', swarmId, peers: [] });
}

it('a peer that chokes is replaced at once, and asked again when it chokes no more', async () => {
  const scene = new Scene(11);
  const seeder = await scene.seeder();
  for (let count = 0; count < 2; count++) await scene.seeder();
  const leecher = await scene.leecher();
  const { ip } = seeder.address;
  const { counters } = seeder.endpoint;
  scene.world.run(() => leecher.endpoint.counters.fetchedBytes > content.bytes.length / 4, 100);
  expectThat(owedBy(leecher, ip).length > 20, 'it owes chunks');
  const begin = scene.world.now;
  sayAll(seeder, 'choke');
  scene.world.run(() => lineTo(leecher, ip)?.downloader.choked === true, 5);
  expectThat(owedBy(leecher, ip).length === 0, 'it owes nothing any more');
  expectThat(scene.world.now - begin <= 2 * timeoutFor(leecher, ip), 'within two timeouts');
  // REQUESTs that crossed the CHOKE are answered: only its word tells that it chokes.
  scene.world.run(() => false, 0.4);
  const served = counters.servedBytes;
  scene.world.run(() => false, 1);
  expectThat(counters.servedBytes === served, 'nothing is asked of who chokes');
  sayAll(seeder, 'unchoke');
  scene.finish(leecher);
  expectThat(counters.servedBytes > served + 100_000, 'it is asked again');
  expectAskedOnce(leecher);
});

it('more leechers than slots are all served, in turns', async () => {
  const scene = new Scene(12);
  const seeder = await scene.seeder(uplink, { config: { uploadSlots: 2 } });
  const leechers: Peer[] = [];
  for (let host = 1; host <= 4; host++) {
    const leecher = await scene.world.peer(`10.3.0.${String(host)}`);
    leechers.push(leecher.fetch(content.metadata, [{ address: seeder.address, priority: 1 }]));
  }
  const areDone = (): boolean => leechers.every((one) => one.complete(swarmId));
  expectThat(scene.world.run(areDone, 90), 'all complete');
  for (const { endpoint } of leechers) expectThat(endpoint.counters.fetchedBytes === content.bytes.length, 'each once');
});

it('a leecher that asks for everything again and again does not delay another', async () => {
  const scene = new Scene(13);
  const seeder = await scene.seeder();
  const hog = await scene.world.peer('10.3.0.1');
  hog.fetch(content.metadata, [{ address: seeder.address, priority: 1 }]);
  scene.world.run(() => hog.endpoint.counters.fetchedBytes > 300_000, 10);
  const all = { first: 0, last: Math.ceil(content.bytes.length / 1024) - 1 };
  const askAll = (): void => {
    lineTo(hog, seeder.address.ip)?.tell({ type: 'request', range: all });
    hog.input({ kind: 'peers', swarmId, peers: [] });
    scene.world.after(20_000, askAll);
  };
  askAll();
  const leecher = await scene.leecher([seeder]);
  // Half of the uplink is its share; LEDBAT needs a while to find it.
  const isServed = (): boolean => leecher.endpoint.counters.fetchedBytes > 500_000;
  expectThat(scene.world.run(isServed, 6), 'half a megabyte within six seconds');
});

it('chunks that are lost last cost no more than two timeouts', async () => {
  const scene = new Scene(14);
  for (let count = 0; count < 2; count++) await scene.seeder();
  const leecher = await scene.leecher();
  const nearEnd = (): boolean => leecher.endpoint.counters.fetchedBytes > content.bytes.length - 40_000;
  scene.world.run(nearEnd, 100);
  const begin = scene.world.now;
  // Half a round trip of all that the first one sends is lost.
  scene.links[0]?.change({ loss: 1 });
  scene.world.after(roundTrip / 2, () => scene.links[0]?.change({ loss: 0 }));
  scene.finish(leecher);
  const waited = scene.world.now - begin;
  expectThat(waited <= 2 * 200_000 + 2 * roundTrip + 150_000, `two timeouts, not ${String(waited)}`);
});

it('a peer that does not have what it says loses its place, and is called after all others', async () => {
  const scene = new Scene(15);
  // It has one chunk of twenty, and says it has all.
  const mean = await scene.seeder(uplink, { corrupt: withheldChunks(content, 20) });
  const leecher = await scene.leecher([mean]);
  const isLeft = (): boolean => lineTo(leecher, mean.address.ip) === undefined;
  expectThat(
    scene.world.run(() => leecher.endpoint.counters.fetchedBytes > 0, 10),
    'it begins',
  );
  expectThat(scene.world.run(isLeft, 60), 'it is left');
  for (let honest = 0; honest < 2; honest++) await scene.seeder();
  const peers = scene.seeders.map(({ address }) => ({ address, priority: 1 }));
  leecher.input({ kind: 'peers', swarmId, peers });
  const seconds = scene.finish(leecher);
  expectThat(seconds < 8, `two honest ones need five seconds, not ${String(seconds)}`);
});

it('of many peers that a tracker named the few that live are found within a minute and a half', async () => {
  const scene = new Scene(16);
  const alive = new Set([150, 190]);
  const peers = Array.from({ length: 200 }, (_, at) => ({
    address: { ip: `10.8.0.${String(at)}`, port: 6778 },
    priority: 1,
  }));
  for (const at of alive) (await scene.world.peer(`10.8.0.${String(at)}`)).seed(content);
  const leecher = (await scene.world.peer(leecherIp)).fetch(content.metadata, peers);
  const seconds = scene.finish(leecher);
  expectThat(seconds <= 90, `90 s at most, not ${String(seconds)}`);
});
