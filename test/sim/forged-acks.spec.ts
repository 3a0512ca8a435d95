import { constantDelay } from '@weir/datagram';
import { decodeDatagram, encodeDatagram, endpointDefaults, hashBytes, type Dialect, type Message } from '@weir/ppspp';
import { generated, publish } from './content';
import type { Liar } from './liars';
import { eachSeed, expectThat } from './seeds';
import { World } from './world';

const content = publish(generated('forged', 8 * 2 ** 20));
const { hash, addressing, chunkSize } = content.metadata;
const dialect: Dialect = { addressing, hashBytes: hashBytes[hash], chunkSize };
const upload = { ...endpointDefaults.upload, windowBytesMax: 128 * 1_024, bytesPerSecondMax: 1e6 };
const seconds = 6;
/** Headers and hashes beside the content. */
const overhead = 1.1;

type Acknowledgement = Extract<Message, { type: 'ack' }>;

/** Changes each ACK, and says something beside it. */
function forging(forge: (ack: Acknowledgement) => Message[]): Liar {
  return (bytes) => {
    const { channel, messages } = decodeDatagram(bytes, dialect);
    const forged = messages.flatMap((message) => (message.type === 'ack' ? forge(message) : [message]));
    return messages.length === 0 ? bytes : encodeDatagram(channel, forged, dialect);
  };
}

const minimal = 1_000n - 2n ** 40n;
let wild = 0n;

const forgers: readonly { readonly name: string; readonly liar: Liar }[] = [
  { name: 'says that nothing ever waits', liar: forging((ack) => [{ ...ack, delay: 0n }]) },
  { name: 'reports negative delays', liar: forging((ack) => [{ ...ack, delay: BigInt.asUintN(64, minimal) }]) },
  {
    name: 'reports wild delays',
    liar: forging((ack) => [{ ...ack, delay: BigInt.asUintN(64, (wild += 0x9e37_79b9_7f4a_7c15n)) }]),
  },
  { name: 'acknowledges what is on its way', liar: ahead(60) },
  { name: 'acknowledges what was never sent', liar: ahead(4_000) },
];

function ahead(chunks: number): Liar {
  return forging((ack) => {
    const last = Math.min(ack.range.last + chunks, content.content.record.chunkCount - 1);
    return [{ ...ack, delay: 0n, range: { first: ack.range.first, last } }];
  });
}

it.each(forgers)('a leecher that $name gets no more than the caps', async ({ liar }) => {
  await eachSeed(2, async (seed) => {
    // A path so wide, and with so long a queue, that nothing but the caps holds the seeder back.
    const world = new World({ seed, link: { delay: constantDelay(25_000) } });
    const seeder = (await world.peer('10.0.0.1', { config: { upload } })).seed(content);
    const leecher = await world.peer('10.0.0.2', { corrupt: liar });
    leecher.fetch(content.metadata, [{ address: seeder.address, priority: 1 }]);
    for (let second = 1; second <= seconds; second++) {
      world.run(() => false, 1);
      const allowed = overhead * (upload.windowBytesMax + second * upload.bytesPerSecondMax) + 10_000;
      expectThat(seeder.sentBytes <= allowed, `${String(seeder.sentBytes)} bytes in ${String(second)} s`);
      const [channel] = seeder.endpoint.channels.all();
      const window = channel?.uploader.window ?? 0;
      expectThat(window <= upload.windowBytesMax, `a window of ${String(window)} bytes`);
    }
  });
});
