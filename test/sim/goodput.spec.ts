import { constantDelay, SimulatedLink } from '@weir/datagram';
import { limits } from '@weir/ppspp';
import { generated, publish, type Published } from './content';
import { eachSeed, expectThat } from './seeds';
import { World } from './world';

const settings = { hash: 'sha256', addressing: 'chunk32', chunkSize: 1_024 } as const;
/** What takes seconds takes more on a busy machine. */
jest.setTimeout(120_000);

/** Seconds there and back, without queueing. */
const roundTrip = 0.05;
/** Until slow start has found the path, and its excess is repaired. */
const startUpSeconds = 3;
const content = publish(generated('goodput', 16 * 2 ** 20), settings);

/** One path from seeder to leecher; the other direction is as wide, and loses nothing. */
interface Path {
  readonly mbits: number;
  readonly loss: number;
  readonly seconds: number;
}

interface Measured {
  /** Content bytes a second that verified after start-up. */
  readonly goodput: number;
  /** Bytes of all datagrams that the seeder sent. */
  readonly sent: number;
  readonly needed: number;
}

/**
 * What cannot be left out, each once: content, 21 bytes for each chunk (channel ID, type, range, timestamp), and for each
 * chunk one hash of 41 bytes (type, range, SHA-256): n - 1 uncles, and the peaks.
 */
function neededBytes({ bytes }: Published): number {
  const chunks = Math.ceil(bytes.length / settings.chunkSize);
  return bytes.length + chunks * (1 + 4 + 8 + 8) + (chunks + Math.log2(chunks)) * (1 + 8 + 32);
}

/** Of what a link carries, content is at most this share. */
const contentShare = content.bytes.length / neededBytes(content);

/** What TCP Reno reaches at a random loss, in bytes a second: 1.22 MSS / (RTT sqrt(p)). */
function renoRate(loss: number): number {
  return loss === 0 ? Number.POSITIVE_INFINITY : (1.22 * limits.datagramBytes) / (roundTrip * Math.sqrt(loss));
}

async function measure(published: Published, { mbits, loss }: Path, seed: number): Promise<Measured> {
  const bytesPerSecond = (mbits * 1e6) / 8;
  const way = { delay: constantDelay((roundTrip / 2) * 1e6), bytesPerSecond };
  // One bandwidth-delay product; on the slowest path as many datagrams as any router holds.
  const queueBytes = Math.max(bytesPerSecond * roundTrip, 20_000);
  const [down, up] = [new SimulatedLink({ ...way, queueBytes, loss }), new SimulatedLink({ ...way, queueBytes })];
  const world = new World({ seed, route: ({ ip }) => (ip === '10.0.0.1' ? down : up) });
  const seeder = (await world.peer('10.0.0.1')).seed(published);
  const leecher = (await world.peer('10.0.0.2')).fetch(published.metadata, [{ address: seeder.address, priority: 1 }]);
  const begin = world.now + startUpSeconds * 1e6;
  world.run(() => world.now >= begin, startUpSeconds + 1);
  const { fetchedBytes: atBegin } = leecher.endpoint.counters;
  const nearEnd = 0.98 * published.bytes.length;
  expectThat(
    world.run(() => leecher.endpoint.counters.fetchedBytes >= nearEnd, 200),
    'nearly complete',
  );
  const goodput = ((leecher.endpoint.counters.fetchedBytes - atBegin) / (world.now - begin)) * 1e6;
  expectThat(
    world.run(() => leecher.complete(published.metadata.swarmId), 20),
    'complete',
  );
  return { goodput, sent: seeder.sentBytes, needed: neededBytes(published) };
}

/** A content that the path carries in about so many seconds. */
function contentFor({ mbits, loss, seconds }: Path): Published {
  const size = Math.min((mbits * 1e6) / 8, renoRate(loss)) * seconds;
  return publish(content.bytes.subarray(0, Math.min(Math.floor(size), content.bytes.length)), settings);
}

/** Paths on which loss matters little or rules; in one between them, Reno itself leaves a part of the link unused. */
const paths: readonly (Path & { readonly of: number; readonly seeds: number })[] = [
  { mbits: 1, loss: 0, seconds: 30, of: 1, seeds: 2 },
  { mbits: 1, loss: 0.005, seconds: 40, of: 1, seeds: 3 },
  // Here what goes along with chunks, and what is lost, leaves hardly nine tenths of the link: content is held to its share.
  { mbits: 1, loss: 0.02, seconds: 60, of: contentShare, seeds: 3 },
  { mbits: 10, loss: 0, seconds: 13, of: 1, seeds: 1 },
  { mbits: 10, loss: 0.005, seconds: 20, of: 1, seeds: 3 },
  { mbits: 10, loss: 0.02, seconds: 20, of: 1, seeds: 3 },
  { mbits: 100, loss: 0.005, seconds: 20, of: 1, seeds: 2 },
  { mbits: 100, loss: 0.02, seconds: 20, of: 1, seeds: 2 },
];

describe.each(paths)('over $mbits Mbit/s that lose $loss of all datagrams', (path) => {
  const { mbits, loss, of, seeds } = path;

  it('goodput is nine tenths of what the path or Reno allows, and hardly a byte is sent that is not needed', async () => {
    const published = contentFor(path);
    const allowed = Math.min((mbits * 1e6 * of) / 8, renoRate(loss));
    await eachSeed(seeds, async (seed) => {
      const { goodput, sent, needed } = await measure(published, path, seed);
      const share = goodput / allowed;
      expectThat(share >= 0.9, `goodput is ${share.toFixed(3)} of what is allowed`);
      const cost = (sent * (1 - loss)) / needed;
      // Slow start overruns a short queue once: a window of the path, whatever the content's size.
      const overrun = loss > 0 ? 0 : ((mbits * 1e6) / 8) * roundTrip * 2;
      expectThat(cost <= 1.05 + overrun / needed, `${cost.toFixed(3)} bytes are sent for each that is needed`);
    });
  });
});

it('over 100 Mbit/s without loss, nine tenths are goodput', async () => {
  const published = publish(generated('goodput-wide', 64 * 2 ** 20), settings);
  const { goodput, sent, needed } = await measure(published, { mbits: 100, loss: 0, seconds: 8 }, 1);
  expect(goodput / 12.5e6).toBeGreaterThan(0.9);
  expect(sent / needed).toBeLessThan(1.05);
});
