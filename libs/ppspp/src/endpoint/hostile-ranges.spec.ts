import { chunkAddressings, type ChunkAddressing } from '../addressing/method';
import { limits, second } from '../limits';
import { chunkOf, published } from '../swarm/published.testing';
import { messageCodes } from '../wire/codes';
import { decodeDatagram } from '../wire/decode';
import { encodeDatagram } from '../wire/encode';
import type { Dialect, Message } from '../wire/message';
import type { Address } from './address';
import { channelOf, opening, TestEndpoint } from './endpoint.testing';

const peer: Address = { ip: '192.0.2.1', port: 9 };
const carried: readonly (keyof typeof messageCodes)[] = ['have', 'ack', 'request', 'cancel'];

/** Bytes of one chunk specification: a bin is one integer, a range is two. RFC 7574 section 8.5. */
const specificationBytes: Readonly<Record<ChunkAddressing, number>> = {
  chunk32: 8,
  chunk64: 16,
  bin32: 4,
  bin64: 8,
  byte64: 16,
};

/** Chunk specifications that no honest peer sends, as bytes. */
function specifications(addressing: ChunkAddressing): Uint8Array[] {
  const bytes = specificationBytes[addressing];
  const half = bytes / 2;
  const filled = (...parts: readonly number[]) =>
    Uint8Array.from({ length: bytes }, (_, at) => parts[Math.floor((at * parts.length) / bytes)] ?? 0);
  const everything = filled(0xff);
  everything[0] = 0x7f;
  const huge = filled(0, 0xff);
  // The largest offset that is not refused: 2^53 - 1.
  if (half === 8) huge.set([0, 0x1f], half);
  return [
    filled(0xff),
    filled(0),
    everything,
    filled(0, 0xff),
    filled(0xff, 0),
    filled(0x80),
    filled(0x10, 0x20),
    huge,
  ];
}

/** Every message with every such specification, to a channel, one to a datagram: a refused one ends its own alone. */
function onslaught(channel: number, addressing: ChunkAddressing): Uint8Array[] {
  return specifications(addressing).flatMap((specification) =>
    carried.map((type) => {
      const delay = type === 'ack' ? new Uint8Array(8) : new Uint8Array(0);
      const head = new Uint8Array(5);
      new DataView(head.buffer).setUint32(0, channel);
      head[4] = messageCodes[type];
      return Uint8Array.from([...head, ...specification, ...delay]);
    }),
  );
}

describe.each(chunkAddressings)('chunk specifications of %s that name anything', (addressing) => {
  const content = published(200_000, { addressing });
  const { metadata } = content;
  const dialect: Dialect = { addressing, hashBytes: 32, chunkSize: metadata.chunkSize };

  function open(): { seeder: TestEndpoint; id: number } {
    const seeder = new TestEndpoint({ upload: { windowBytesMax: 2 ** 24, segmentBytes: 1_024 } }).seed(content);
    const id = channelOf(seeder.hear(peer, opening(metadata, 5)).take());
    seeder.hear(peer, encodeDatagram(id, [], dialect)).take();
    return { seeder, id };
  }

  it('are taken for what lies within the content, and keep nobody from being served', () => {
    const { seeder, id } = open();
    for (const bytes of onslaught(id, addressing)) seeder.hear(peer, bytes).wait(second / 100);
    const unknown: Message = { type: 'request', range: { first: 64, last: 64 } };
    seeder.hear(peer, encodeDatagram(id, [unknown], dialect));
    const data = seeder.wait(second).flatMap(({ bytes }) => decodeDatagram(bytes, dialect).messages);
    const chunk = data.find((message) => message.type === 'data' && message.range.first === 64);
    expect(chunk?.type === 'data' && Buffer.compare(chunk.bytes, chunkOf(content, 64))).toBe(0);
    const [channel] = seeder.endpoint.channels.all();
    expect(channel?.uploader.known.nextIn(196)).toBeUndefined();
  });

  it('tear what is known of a peer into no more pieces than its bound', () => {
    const leecher = new TestEndpoint().fetch(metadata, peer);
    const id = channelOf(leecher.take());
    const answer: Message = { type: 'handshake', channel: 5, options: { version: 1 } };
    leecher.hear(peer, encodeDatagram(id, [answer], dialect)).take();
    for (let first = 0; first < 3 * limits.availabilityRunsMax; first += 160) {
      const haves = Array.from({ length: 80 }, (_, at) => ({ first: first + 2 * at, last: first + 2 * at }));
      const messages = haves.map((range): Message => ({ type: 'have', range }));
      leecher.hear(peer, encodeDatagram(id, messages, dialect)).take();
    }
    const [channel] = leecher.endpoint.channels.all();
    expect(channel?.downloader.available.runCount).toBe(limits.availabilityRunsMax);
    for (const bytes of onslaught(id, addressing)) leecher.hear(peer, bytes).wait(second / 100);
    expect(channel?.downloader.available.runCount).toBeLessThanOrEqual(limits.availabilityRunsMax);
    expect(channel?.closed).toBe(false);
  });
});
