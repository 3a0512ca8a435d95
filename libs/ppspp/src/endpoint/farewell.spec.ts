import { published } from '../swarm/published.testing';
import { peekChannel } from '../wire/decode';
import type { HandshakeOptions } from '../wire/message';
import type { Address } from './address';
import { channelOf, messagesOf, opening, saying, TestEndpoint } from './endpoint.testing';

const content = published(3_000);
const peer: Address = { ip: '192.0.2.1', port: 9 };
const theirs = 0x01020304;
const answer = { version: 1, minimumVersion: 1, integrityMethod: 1, hashFunction: 2, chunkAddressing: 2 };

function answered(options: HandshakeOptions): { leecher: TestEndpoint; id: number } {
  const leecher = new TestEndpoint();
  const id = channelOf(leecher.fetch(content.metadata, peer).take());
  return { leecher: leecher.hear(peer, saying(id, { type: 'handshake', channel: theirs, options })), id };
}

describe('a closing HANDSHAKE', () => {
  it('tells whom we refuse for its answer which version we speak', () => {
    const { leecher } = answered({ ...answer, version: 3, minimumVersion: 2 });
    const sent = leecher.take();
    expect(messagesOf(sent)).toEqual([{ type: 'handshake', channel: 0, options: { version: 1 } }]);
    expect(sent.map(({ bytes }) => peekChannel(bytes))).toEqual([theirs]);
    expect(leecher.endpoint.channels.size).toBe(0);
  });

  it('is not answered by one, though the peer refuses us in its answer', () => {
    const leecher = new TestEndpoint();
    const id = channelOf(leecher.fetch(content.metadata, peer).take());
    leecher.hear(peer, saying(id, { type: 'handshake', channel: 0, options: { version: 2 } }));
    expect(messagesOf(leecher.take())).toEqual([]);
    expect(leecher.endpoint.channels.size).toBe(0);
  });

  it.each([
    { name: 'without options', options: {} },
    { name: 'with a version', options: { version: 1 } },
  ])('$name ends the channel, and nothing is said any more', ({ options }) => {
    const seeder = new TestEndpoint().seed(content);
    const id = channelOf(seeder.hear(peer, opening(content.metadata, theirs)).take());
    seeder.hear(peer, saying(id)).take();
    expect(seeder.endpoint.channels.size).toBe(1);
    seeder.hear(peer, saying(id, { type: 'handshake', channel: 0, options }));
    expect(messagesOf(seeder.take())).toEqual([]);
    expect(seeder.endpoint.channels.size).toBe(0);
  });

  it('without options is what we leave with', () => {
    const { leecher } = answered(answer);
    leecher.take();
    leecher.endpoint.handle({ kind: 'leave', swarmId: content.metadata.swarmId }, leecher.now);
    expect(messagesOf(leecher.take())).toEqual([{ type: 'handshake', channel: 0, options: {} }]);
  });
});
