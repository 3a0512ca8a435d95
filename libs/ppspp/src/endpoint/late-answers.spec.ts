import { published } from '../swarm/published.testing';
import type { Address } from './address';
import { second } from '../limits';
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

describe('a store that did not tell in time what it has of a swarm', () => {
  const stored = published(70_000);
  const swarm = stored.metadata.swarmId;

  function late(): { cache: TestEndpoint; id: number } {
    const cache = new TestEndpoint({ opensUnknown: true, fetchesFromCallers: false });
    const id = channelOf(cache.hear(one, opening(stored.metadata, 1)).take());
    cache.hear(one, saying(id)).take();
    return { cache, id };
  }

  it('tells it later: who is in the swarm hears of it, and is served by what was not fetched', () => {
    const { cache, id } = late();
    cache.stock(stored);
    cache.endpoint.handle({ kind: 'swarm-opened', swarmId: swarm, content: stored.content }, cache.now);
    const told = messagesOf(cache.wait(second)).find(({ type }) => type === 'have');
    expect(told).toEqual({ type: 'have', range: { first: 0, last: 68 } });
    const answered = messagesOf(cache.hear(one, saying(id, { type: 'request', range: { first: 3, last: 3 } })).take());
    expect(answered.map(({ type }) => type)).toContain('data');
    expect(cache.endpoint.counters).toMatchObject({ fetchedBytes: 0, hitBytes: 1_024, missBytes: 0 });
  });

  it('serves him who waits for an extent that was taken not to be there', () => {
    const { cache, id } = late();
    cache.endpoint.handle({ kind: 'swarm-opened', swarmId: swarm, content: stored.content }, cache.now);
    // Its read is not answered in time either.
    const request = saying(id, { type: 'request', range: { first: 3, last: 3 } });
    expect(messagesOf(cache.hear(one, request).take()).map(({ type }) => type)).not.toContain('data');
    cache.stock(stored);
    cache.endpoint.handle({ kind: 'swarm-opened', swarmId: swarm, content: stored.content }, cache.now);
    expect(messagesOf(cache.wait(second)).map(({ type }) => type)).toContain('data');
  });

  it('changes nothing by telling of another content', () => {
    const { cache } = late();
    const other = { ...stored.content, record: { ...stored.content.record, metadata: content.metadata } };
    cache.endpoint.handle({ kind: 'swarm-opened', swarmId: swarm, content: other }, cache.now);
    cache.endpoint.handle({ kind: 'swarm-opened', swarmId: swarm, content: undefined }, cache.now);
    expect(cache.endpoint.swarms.find(swarm)?.holdings.held.size).toBe(0);
  });
});
