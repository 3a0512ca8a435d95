import { second } from '../limits';
import { published } from '../swarm/published.testing';
import type { Address } from './address';
import { channelOf, opening, saying, TestEndpoint } from './endpoint.testing';

const content = published(64 * 1_024 * 3);
const subscriber: Address = { ip: '10.2.0.1', port: 7 };
const stranger: Address = { ip: '10.3.0.1', port: 7 };

function serving(): TestEndpoint {
  return new TestEndpoint({ admit: ({ ip }) => (ip.startsWith('10.2.') ? 'serve' : 'visit') }).seed(content);
}

/** Opens a channel; our ID of it. */
function enter(server: TestEndpoint, from: Address): number {
  const id = channelOf(server.hear(from, opening(content.metadata, 7)).take());
  server.hear(from, saying(id)).take();
  return id;
}

function request(first: number, last: number) {
  return { type: 'request', range: { first, last } } as const;
}

it('tells which extents a subscriber came to, and by what address', () => {
  const server = serving();
  const id = enter(server, subscriber);
  server.hear(subscriber, saying(id, request(70, 71))).take();
  server.hear(subscriber, saying(id, request(72, 73))).take();
  const acknowledged = { type: 'ack', range: { first: 70, last: 71 }, delay: 1n } as const;
  server.hear(subscriber, saying(id, acknowledged, request(0, 0))).take();
  server.wait(10 * second);
  const { swarmId } = content.metadata;
  expect(server.uses).toEqual([
    { kind: 'used', swarmId, extent: 1, chunkSize: 1_024, by: subscriber },
    { kind: 'used', swarmId, extent: 0, chunkSize: 1_024, by: subscriber },
  ]);
});

it('tells nothing of those who are no subscribers', () => {
  const server = serving();
  const id = enter(server, stranger);
  server.hear(stranger, saying(id, request(0, 1))).take();
  expect(server.uses).toEqual([]);
});
