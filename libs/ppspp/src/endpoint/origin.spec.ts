import { limits, second } from '../limits';
import { published } from '../swarm/published.testing';
import type { Address } from './address';
import { channelOf, messagesOf, opening, saying, TestEndpoint } from './endpoint.testing';

const content = published(70_000);
const other = published(3_000);
const subscriber: Address = { ip: '10.2.0.1', port: 9 };
const origin: Address = { ip: '203.0.113.5', port: 6778 };
const elsewhere: Address = { ip: '2001:db8::5', port: 6778 };
const request = { type: 'request', range: { first: 0, last: 0 } } as const;
let seeder: TestEndpoint;

beforeEach(() => {
  seeder = new TestEndpoint().seed(content).seed(other);
  seeder.take();
});

/** Opens a channel to an origin address as far as its second datagram; the ID that it has with us. */
function establish(channel: number, to = origin, metadata = content.metadata): number {
  const id = channelOf(seeder.hear(subscriber, opening(metadata, channel), to).take());
  seeder.hear(subscriber, saying(id), to).take();
  return id;
}

describe('an intercepted channel', () => {
  it('is spoken on from its origin address, from the first answer to the last word', () => {
    const sent = seeder.hear(subscriber, opening(content.metadata, 5), origin).take();
    const id = channelOf(sent);
    sent.push(...seeder.hear(subscriber, saying(id, request), origin).take());
    sent.push(...seeder.hear(subscriber, opening(content.metadata, 5), origin).wait(2 * limits.keepAlive));
    sent.push(...seeder.endpoint.close(seeder.now).flatMap((effect) => (effect.kind === 'send' ? [effect] : [])));
    const types = messagesOf(sent).map(({ type }) => type);
    for (const type of ['handshake', 'have', 'data']) expect(types).toContain(type);
    expect(sent.some(({ bytes }) => bytes.length === 4)).toBe(true);
    for (const { to, from } of sent) expect([to, from]).toEqual([subscriber, origin]);
  });

  it('is never so quiet that the kernel forgets whose its flow is', () => {
    const id = establish(5);
    const direct = channelOf(seeder.hear(subscriber, opening(content.metadata, 6)).take());
    seeder.hear(subscriber, saying(direct)).take();
    const kept = seeder.wait(30 * second).filter(({ bytes }) => bytes.length === 4);
    expect(kept.map(({ from }) => from)).toEqual([origin]);
    expect(seeder.endpoint.channels.find(id)?.phase).toBe('open');
  });

  it('is that of its origin address alone', () => {
    const id = establish(5);
    for (const to of [elsewhere, { ...origin, port: 1 }, undefined])
      expect(seeder.hear(subscriber, saying(id, request), to).take()).toEqual([]);
    expect(seeder.notOurs).toEqual(['wrong-address', 'wrong-address', 'wrong-address']);
    expect(seeder.hear(subscriber, saying(id, request), origin).take()).not.toEqual([]);
  });

  it('is proven by a datagram to the origin address that was answered for, and no other', () => {
    const id = channelOf(seeder.hear(subscriber, opening(content.metadata, 5), origin).take());
    for (const to of [elsewhere, undefined]) seeder.hear(subscriber, saying(id), to).take();
    expect([seeder.endpoint.channels.size, seeder.notOurs]).toEqual([0, ['no-channel', 'no-channel']]);
    seeder.hear(subscriber, saying(id), origin).take();
    expect(seeder.endpoint.channels.size).toBe(1);
  });

  it('is one of several with the same ID of their initiator, to other addresses and in other swarms', () => {
    const ids = [establish(5), establish(5, elsewhere), establish(5, { ...origin, port: 7 }, other.metadata)];
    ids.push(channelOf(seeder.hear(subscriber, opening(content.metadata, 5)).take()));
    expect(new Set(ids).size).toBe(4);
    expect(seeder.endpoint.channels.size).toBe(3);
    seeder.wait(second);
    const repeated = seeder.hear(subscriber, opening(content.metadata, 5), elsewhere).take();
    expect([channelOf(repeated), repeated[0]?.from]).toEqual([ids[1], elsewhere]);
  });

  it('half open, is one for each address that it was meant for', () => {
    const first = channelOf(seeder.hear(subscriber, opening(content.metadata, 5), origin).take());
    const other = channelOf(seeder.hear(subscriber, opening(content.metadata, 5), elsewhere).wait(second));
    expect(other).not.toBe(first);
    const again = seeder.hear(subscriber, opening(content.metadata, 5), origin).take();
    expect([channelOf(again), again[0]?.from]).toEqual([first, origin]);
    expect(seeder.endpoint.halfOpenSize).toBe(2);
  });
});
