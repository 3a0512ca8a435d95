import { limits } from '../limits';
import { published } from '../swarm/published.testing';
import type { Address } from './address';
import { channelOf, opening, saying, TestEndpoint } from './endpoint.testing';

const content = published(64 * 1_024);

/** Strangers are wherever a subscriber is not. */
function isStranger({ ip }: Address): boolean {
  return !ip.startsWith('10.2.');
}

function call(server: TestEndpoint, from: Address): void {
  const id = channelOf(server.hear(from, opening(content.metadata, 7)).take());
  server.hear(from, saying(id)).take();
}

it('leaves room for subscribers, however many strangers come', () => {
  const server = new TestEndpoint({ admit: (from) => (isStranger(from) ? 'visit' : 'serve') }).seed(content);
  for (let host = 0; host <= limits.guestChannelsMax; host++)
    call(server, { ip: `10.3.${String(host >> 8)}.${String(host & 255)}`, port: 7 });
  expect(server.endpoint.channels.size).toBe(limits.guestChannelsMax);
  expect(server.endpoint.counters.faults.get('table-full')).toBe(1);
  call(server, { ip: '10.2.0.1', port: 7 });
  expect(server.endpoint.channels.size).toBe(limits.guestChannelsMax + 1);
  // Who leaves makes room.
  const [first] = server.endpoint.channels.all();
  if (first !== undefined)
    server.hear(first.address, saying(first.id, { type: 'handshake', channel: 0, options: {} })).take();
  call(server, { ip: '10.4.0.1', port: 7 });
  expect(server.endpoint.channels.size).toBe(limits.guestChannelsMax + 1);
});
