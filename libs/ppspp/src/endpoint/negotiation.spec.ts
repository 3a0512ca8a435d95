import { answeringOptions, bytesOfSwarmId } from '../channel/handshake';
import { limits, second } from '../limits';
import { published, type Published } from '../swarm/published.testing';
import { decodeDatagram } from '../wire/decode';
import { encodeDatagram } from '../wire/encode';
import type { HandshakeOptions, Message } from '../wire/message';
import type { Address } from './address';
import { channelOf, messagesOf, opening, saying, testDialect, TestEndpoint, type Sent } from './endpoint.testing';

const content = published(70_000);
const inBytes = published(70_000, { addressing: 'byte64', chunkSize: 2_048 });
const peer: Address = { ip: '192.0.2.1', port: 9 };
const theirs = 0xa1b2c3d4;

function hex(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));
}

/** An opening datagram by its options alone, as they stand on the wire. */
function raw(options: string, { metadata: { swarmId } }: Published = content): Uint8Array {
  return hex(`00000000 00 a1b2c3d4 ${options.replace('SWARM', `02 0020 ${swarmId}`)} ff`);
}

function answerTo(bytes: Uint8Array, published: Published = content): { sent: Sent[]; seeder: TestEndpoint } {
  const seeder = new TestEndpoint().seed(published);
  return { sent: seeder.hear(peer, bytes).wait(second / 10), seeder };
}

function optionsOf(sent: readonly Sent[]): HandshakeOptions {
  const [message] = messagesOf(sent);
  return message?.type === 'handshake' ? message.options : {};
}

describe('versions: RFC 7574 sections 7.2 and 7.3, RFC 6709 section 4.1', () => {
  it.each([
    ['ours alone', '0001 0101'],
    ['ours, and no least one', '0001'],
    ['later ones down to ours', '0007 0101'],
    ['ours and a reserved one', '0001 0100'],
  ])('a peer that speaks %s is answered with ours, the highest of both', (_, versions) => {
    const { sent } = answerTo(raw(`${versions} SWARM 0301 0402 0602 09 00000400`));
    expect(optionsOf(sent)).toMatchObject({ version: 1, minimumVersion: 1 });
  });

  it.each([
    ['later ones alone', '0007 0102'],
    ['later ones, as it seems', '0007'],
    ['a reserved one alone', '0000'],
    ['nothing that it says', ''],
  ])('a peer that speaks %s is met with silence, and counted', (_, versions) => {
    const { sent, seeder } = answerTo(raw(`${versions} SWARM 0301 0402 0602 09 00000400`));
    expect(sent).toEqual([]);
    expect([...seeder.endpoint.counters.faults]).toEqual([['version', 1]]);
  });
});

describe('options: RFC 7574 section 7', () => {
  it.each([
    ['with some that nobody assigned', '0001 0101 SWARM 0301 0402 0602 09 00000400 0a63 c801 fe00'],
    ['with the defaults left out', '0001 0101 SWARM'],
    ['with a signature algorithm that means nothing here', '0001 0101 SWARM 0301 0402 050d 0602'],
    ['with a discard window that means nothing here', '0001 0101 SWARM 0301 0402 0602 07 ffffffff'],
  ])('%s open a channel', (_, options) => {
    expect(channelOf(answerTo(raw(options)).sent)).not.toBe(0);
  });

  it.each([
    ['integrity-method', 'a live swarm that signs all', '0001 0101 SWARM 0302 050d 0602 07 ffffffff'],
    ['integrity-method', 'a live swarm with a unified tree', '0001 0101 SWARM 0303 0402 050d 0602 07 ffffffff'],
    ['integrity-method', 'a method that nobody assigned', '0001 0101 SWARM 0309 0402 0602'],
    ['chunk-addressing', 'an addressing that nobody assigned', '0001 0101 SWARM 0301 0402 0605'],
    ['chunk-size', 'chunks of different sizes', '0001 0101 SWARM 0301 0402 0602 09 ffffffff'],
    ['swarm-missing', 'no swarm at all', '0001 0101 0301 0402 0602'],
    ['option-malformed', 'a discard window before its width is known', '0001 0101 SWARM 0301 0402 07 ffffffff'],
  ])('are refused as %s for %s', (fault, _, options) => {
    const { sent, seeder } = answerTo(raw(options));
    expect(sent).toEqual([]);
    expect([...seeder.endpoint.counters.faults]).toEqual([[fault, 1]]);
  });
});

describe('ranges of bytes: RFC 7574 sections 4.1.2 and 7.11', () => {
  it('are refused without the size of a chunk, for then they mean nothing', () => {
    const { sent, seeder } = answerTo(raw('0001 0101 SWARM 0301 0402 0601', inBytes), inBytes);
    expect(sent).toEqual([]);
    expect([...seeder.endpoint.counters.faults]).toEqual([['chunk-size', 1]]);
  });

  it('come with the size of a chunk in both forms of our HANDSHAKE', () => {
    const leecher = new TestEndpoint().fetch(inBytes.metadata, peer);
    const tries = messagesOf(leecher.wait(4 * second));
    const options = tries.flatMap((message) => (message.type === 'handshake' ? [message.options] : []));
    expect(options.map(({ chunkSize }) => chunkSize)).toEqual(options.map(() => 2_048));
    expect(new Set(options.map(({ supportedMessages }) => supportedMessages === undefined)).size).toBe(2);
  });

  it('of another size than the stored content has are of another swarm', () => {
    const { metadata, content: stored } = inBytes;
    const cache = new TestEndpoint({ opensUnknown: true });
    cache.opens = false;
    const { swarmId } = metadata;
    cache.hear(peer, opening({ ...metadata, chunkSize: 1_024 }, theirs)).take();
    cache.endpoint.handle({ kind: 'swarm-opened', swarmId, content: stored }, cache.now);
    expect(cache.wait(second)).toEqual([]);
    expect(cache.notOurs).toEqual(['chunk-size']);
  });
});

describe('a channel', () => {
  function open(): { seeder: TestEndpoint; id: number } {
    const { sent, seeder } = answerTo(opening(content.metadata, theirs));
    const id = channelOf(sent);
    seeder.hear(peer, saying(id)).take();
    return { seeder, id };
  }

  const request: Message = { type: 'request', range: { first: 0, last: 3 } };

  it.each([
    ['with its version', '00 00000000 0001 ff'],
    ['with both versions', '00 00000000 0001 0101 ff'],
    ['with no option', '00 00000000 ff'],
    ['without even the end of its options', '00 00000000'],
  ])('is closed by a HANDSHAKE %s, without a word', (_, closing) => {
    const { seeder, id } = open();
    const wire = Uint8Array.from([...encodeDatagram(id, [], testDialect), ...hex(closing)]);
    expect(seeder.hear(peer, wire).wait(second)).toEqual([]);
    expect(seeder.hear(peer, saying(id, request)).wait(second)).toEqual([]);
    expect([...seeder.endpoint.counters.faults]).toEqual([['no-channel', 1]]);
  });

  it('is not closed by one to channel 0, which names none', () => {
    const { seeder, id } = open();
    for (const closing of ['00 00000000 0001 ff', '00 00000000'])
      expect(seeder.hear(peer, hex(`00000000 ${closing}`)).wait(second)).toEqual([]);
    expect(messagesOf(seeder.hear(peer, saying(id, request)).wait(second)).some(({ type }) => type === 'data')).toBe(
      true,
    );
  });

  it.each([{ version: 1 }, {}])('that we open is refused by a closing answer with %j', (options) => {
    const leecher = new TestEndpoint().fetch(content.metadata, peer);
    const id = channelOf(leecher.take());
    const closing = encodeDatagram(id, [{ type: 'handshake', channel: 0, options }], testDialect);
    expect(leecher.hear(peer, closing).take()).toEqual([]);
    expect(leecher.endpoint.channels.size).toBe(0);
  });

  it('is the same for a HANDSHAKE that comes again, in whatever form', () => {
    const seeder = new TestEndpoint().seed(content);
    const full = seeder.hear(peer, opening(content.metadata, theirs)).wait(limits.handshakeAnswerInterval);
    const lean = seeder.hear(peer, raw('0001 0101 SWARM 0301 0402 0602')).wait(limits.handshakeAnswerInterval);
    expect([channelOf(full), seeder.endpoint.halfOpenSize]).toEqual([channelOf(lean), 1]);
    expect(optionsOf(full).chunkSize).toBe(1_024);
    expect(optionsOf(lean).chunkSize).toBeUndefined();
  });

  it('survives an answer that comes again', () => {
    const leecher = new TestEndpoint().fetch(content.metadata, peer);
    const id = channelOf(leecher.take());
    const answer: Message = { type: 'handshake', channel: theirs, options: answeringOptions(content.metadata, {}) };
    leecher.hear(peer, saying(id, answer)).take();
    leecher.hear(peer, saying(id, answer)).take();
    const asked = leecher.hear(peer, saying(id, { type: 'have', range: { first: 0, last: 68 } })).take();
    expect(asked.map(({ bytes }) => decodeDatagram(bytes, testDialect).channel)).toEqual([theirs]);
    expect(messagesOf(asked).map(({ type }) => type)).toEqual(['request']);
  });

  it('may be opened by a peer that leaves out all but version and swarm', () => {
    const seeder = new TestEndpoint().seed(content);
    const options = { version: 1, swarmId: bytesOfSwarmId(content.metadata.swarmId) };
    const wire = encodeDatagram(0, [{ type: 'handshake', channel: theirs, options }], testDialect);
    expect(channelOf(seeder.hear(peer, wire).take())).not.toBe(0);
  });
});
