import { second } from '../limits';
import { published } from '../swarm/published.testing';
import type { Address } from './address';
import { channelOf, messagesOf, saying, TestEndpoint } from './endpoint.testing';

const content = published(70_000);
const peer: Address = { ip: '192.0.2.1', port: 9 };
const answer = { version: 1, minimumVersion: 1, integrityMethod: 1, hashFunction: 2, chunkAddressing: 2 };

it('a fetch that is taken back asks for nothing more, leaves its peer and is closed', () => {
  const leecher = new TestEndpoint({ servesCalled: false });
  const id = channelOf(leecher.fetch(content.metadata, peer).take());
  const handshake = { type: 'handshake', channel: 7, options: { ...answer, chunkSize: 1_024 } } as const;
  const asked = leecher.hear(peer, saying(id, handshake, { type: 'have', range: { first: 0, last: 68 } })).take();
  expect(messagesOf(asked).map(({ type }) => type)).toContain('request');
  const join = { metadata: content.metadata, want: 'demand', content: undefined, trusted: false } as const;
  leecher.endpoint.handle({ kind: 'join', join }, leecher.now);
  const sent = messagesOf(leecher.wait(120 * second));
  expect(sent.filter(({ type }) => type === 'request')).toEqual([]);
  expect(sent).toContainEqual(expect.objectContaining({ type: 'handshake', channel: 0 }));
  expect(leecher.endpoint.swarms.size).toBe(0);
});
