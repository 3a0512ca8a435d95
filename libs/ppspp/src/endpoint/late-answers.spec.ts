import { published } from '../swarm/published.testing';
import type { Address } from './address';
import { channelOf, messagesOf, opening, saying, TestEndpoint } from './endpoint.testing';

const content = published(70_000, { addressing: 'byte64' });
const { swarmId } = content.metadata;
const one: Address = { ip: '192.0.2.1', port: 9 };
const other: Address = { ip: '192.0.2.2', port: 9 };

it('a write that was asked for before its swarm was opened anew says nothing of a content whose size is unknown', () => {
  const cache = new TestEndpoint({ opensUnknown: true, fetchesFromCallers: false });
  const id = channelOf(cache.hear(one, opening(content.metadata, 1)).take());
  cache.hear(one, saying(id)).take();
  cache.endpoint.handle({ kind: 'extent-written', swarmId, extent: 0, stored: true }, cache.now);
  const answered = messagesOf(cache.hear(other, opening(content.metadata, 2)).take());
  expect(answered.map(({ type }) => type)).not.toContain('have');
  expect(cache.endpoint.swarms.find(swarmId)?.holdings.held.size).toBe(0);
});
