import { Channel } from '../channel/channel';
import { limits, second } from '../limits';
import { published } from '../swarm/published.testing';
import { encodeDatagram } from '../wire/encode';
import type { Address } from './address';
import { endpointDefaults } from './config';
import { channelOf, messagesOf, opening, saying, testDialect, TestEndpoint, type Sent } from './endpoint.testing';

const content = published(70_000);
const { metadata } = content;
const caller: Address = { ip: '192.0.2.1', port: 9 };

/** One of ever so many addresses of different subscribers. */
function stranger(count: number): Address {
  const [high, middle, low] = [count >>> 16, count >>> 8, count].map((part) => part & 255);
  return { ip: `10.${String(high)}.${String(middle)}.${String(low)}`, port: 7 };
}

/** The metadata of a swarm that somebody made up. */
function invented(count: number): typeof metadata {
  return { ...metadata, swarmId: count.toString(16).padStart(64, '0') };
}

/** Opens a channel as far as its second datagram; false if that does not come about. */
function enters(target: TestEndpoint, from: Address, swarm = metadata, channel = 1): boolean {
  const before = target.endpoint.channels.size;
  const id = channelOf(target.hear(from, opening(swarm, channel)).take());
  target.hear(from, saying(id)).take();
  return target.endpoint.channels.size > before;
}

describe('half-open channels', () => {
  const seeder = (): TestEndpoint => new TestEndpoint().seed(content);

  it('are so many at most, the oldest leaving, though a whole batch comes at once', () => {
    const target = seeder();
    const id = channelOf(target.hear(caller, opening(metadata, 1)).take());
    const said = opening(metadata, 1);
    // Each from a network of its own: what a round trip of 100 ms brings at 100,000 a second, and then all that there is room for.
    for (let count = 0; count < 10_000; count++) target.hear(stranger(count << 8), said);
    expect(target.hear(caller, saying(id)).take()).not.toEqual([]);
    const late = channelOf(target.hear({ ...caller, port: 10 }, opening(metadata, 1)).take());
    for (let count = 0; count < 2.5 * limits.halfOpenMax; count++) target.hear(stranger(count << 8), said);
    target.take();
    expect(target.endpoint.halfOpenSize).toBe(limits.halfOpenMax);
    expect(target.endpoint.channels.size).toBe(1);
    expect(target.hear({ ...caller, port: 10 }, saying(late)).take()).toEqual([]);
    target.wait(limits.halfOpen);
    expect(target.endpoint.halfOpenSize).toBe(0);
  });

  it.each([
    { who: 'an IPv4 address', ip: () => '198.51.100.1' },
    { who: '64 bits of IPv6', ip: (count: number) => `2001:db8::${count.toString(16)}` },
  ])('of $who are a few at most, and take no room from others', ({ ip }) => {
    const target = seeder();
    const id = channelOf(target.hear(caller, opening(metadata, 1)).take());
    for (let count = 1; count <= 2_000; count++) target.hear({ ip: ip(count), port: count }, opening(metadata, count));
    target.take();
    expect(target.endpoint.halfOpenSize).toBe(limits.halfOpenEachMax + 1);
    expect(target.hear(caller, saying(id)).take()).not.toEqual([]);
  });

  it('of one network take no more than a row from all others', () => {
    const target = seeder();
    const honest = [...Array(300).keys()].map((count) => stranger((count + 1) << 8));
    const ids = honest.map((from) => channelOf(target.hear(from, opening(metadata, 1)).take()));
    const said = opening(metadata, 2);
    for (let count = 0; count < 20_000; count++)
      target.hear({ ip: `198.51.100.${String(count % 256)}`, port: 1 + (count >> 8) }, said);
    target.take();
    expect(target.endpoint.halfOpenSize).toBeLessThanOrEqual(honest.length + limits.halfOpenRow);
    const left = honest.filter((from, at) => target.hear(from, saying(ids[at] ?? 0)).take().length > 0);
    expect(left.length).toBeGreaterThan(280);
  });

  it('leave no swarm open', () => {
    const cache = new TestEndpoint({ opensUnknown: true });
    for (let count = 0; count < 2_000; count++) cache.hear(stranger(count), opening(invented(count), 1));
    cache.take();
    expect([cache.endpoint.halfOpenSize, cache.endpoint.swarms.size]).toEqual([2_000, 0]);
    expect(cache.notices).toEqual([]);
  });

  it('hear what stood behind the HANDSHAKE when they are established, and nothing heavy', () => {
    const target = seeder();
    const [first] = content.extents;
    const handshake = messagesOf([{ to: caller, bytes: opening(metadata, 5) }]);
    const range = { first: 3, last: 3 };
    const bytes = first?.bytes.subarray(0, 64) ?? new Uint8Array();
    const data = { type: 'data', range, timestamp: 0n, bytes } as const;
    const said = encodeDatagram(0, [...handshake, { type: 'request', range }, data], testDialect);
    const answer = target.hear(caller, said).take();
    expect(messagesOf(answer).filter(({ type }) => type === 'data')).toEqual([]);
    const sent = messagesOf(target.hear(caller, saying(channelOf(answer))).take());
    expect(sent.flatMap((message) => (message.type === 'data' ? [message.range] : []))).toEqual([range]);
    expect(target.endpoint.counters.faults.get('data-not-asked')).toBeUndefined();
  });

  it('do not end an established channel of the same name before they are proven', () => {
    const other = published(3_000);
    const target = seeder().seed(other);
    const id = channelOf(target.hear(caller, opening(metadata, 5)).take());
    target.hear(caller, saying(id)).take();
    target.hear(caller, opening(other.metadata, 5)).wait(limits.halfOpen);
    const sent = target.hear(caller, saying(id, { type: 'request', range: { first: 0, last: 0 } })).take();
    expect(messagesOf(sent).map(({ type }) => type)).toContain('data');
  });
});

describe('swarms that are stored', () => {
  it('are open for a few callers who do not come, and no longer than those may take', () => {
    const cache = new TestEndpoint({ opensUnknown: true });
    const stored = (count: number) => {
      const record = { ...content.content.record, metadata: invented(count) };
      return { ...content.content, record };
    };
    const ask = (count: number): Sent[] => {
      const { endpoint, now } = cache;
      cache.opens = false;
      cache.hear(stranger(count), opening(invented(count), 1)).take();
      endpoint.handle({ kind: 'swarm-opened', swarmId: invented(count).swarmId, content: stored(count) }, now);
      return cache.take();
    };
    for (let count = 1; count <= limits.unprovenSwarmsMax; count++) expect(ask(count)).toHaveLength(1);
    expect(ask(1_000)).toEqual([]);
    expect(cache.endpoint.swarms.size).toBe(limits.unprovenSwarmsMax);
    // Who does come makes room for another.
    cache.hear(stranger(1), opening(invented(1), 2));
    cache.hear(stranger(1), saying(channelOf(cache.take()))).take();
    expect(ask(1_001)).toHaveLength(1);
    cache.wait(limits.halfOpen);
    expect(cache.endpoint.swarms.size).toBe(1);
  });
});

describe('the store', () => {
  it('is asked once for a swarm, however many ask for it, and so many wait at most', () => {
    const cache = new TestEndpoint({ opensUnknown: true });
    cache.opens = false;
    for (let count = 0; count < limits.lookupsMax + 10; count++) cache.hear(stranger(count), opening(metadata, 1));
    const asked = cache.endpoint.drain(cache.now).filter(({ kind }) => kind === 'open');
    expect(asked).toHaveLength(1);
    expect(cache.endpoint.counters.faults.get('table-full')).toBe(10);
    cache.wait(limits.halfOpen);
    cache.opens = true;
    expect(enters(cache, caller)).toBe(true);
  });

  it('is not asked by one for more than his share at a time', () => {
    const cache = new TestEndpoint({ opensUnknown: true });
    cache.opens = false;
    for (let count = 0; count < 1_000; count++) cache.hear(caller, opening(invented(count), count + 1));
    const asked = cache.endpoint.drain(cache.now).filter(({ kind }) => kind === 'open');
    expect(asked).toHaveLength(limits.halfOpenEachMax);
  });
});

describe('swarms that nobody knew', () => {
  it('are opened for one subscriber so many times a minute, and for another as well', () => {
    const cache = new TestEndpoint({ opensUnknown: true, newSwarmsPerMinute: 5 });
    const opened = (from: Address, offset: number): number =>
      [...Array(20).keys()].filter((count) => enters(cache, from, invented(offset + count), offset + count + 1)).length;
    expect(opened(caller, 0)).toBe(5);
    expect(opened({ ...caller, port: 10 }, 100)).toBe(0);
    expect(opened(stranger(1), 200)).toBe(5);
    expect(cache.notOurs.filter((fault) => fault === 'swarm-quota')).toHaveLength(15 + 20 + 15);
    cache.wait(60 * second);
    expect(opened(caller, 300)).toBe(5);
    expect(cache.notices.filter(({ type }) => type === 'swarm-wanted')).toHaveLength(15);
  });

  it('do not count when they are known meanwhile, or stored', () => {
    const cache = new TestEndpoint({ opensUnknown: true, newSwarmsPerMinute: 1 }).seed(content);
    expect([1, 2, 3].map((channel) => enters(cache, caller, metadata, channel))).toEqual([true, true, true]);
    expect(enters(cache, caller, invented(1), 4)).toBe(true);
    expect(enters(cache, caller, invented(1), 5)).toBe(true);
    expect(enters(cache, caller, invented(2), 6)).toBe(false);
  });

  it('leave room for others in the table, whoever names them, for as long as he likes', () => {
    const cache = new TestEndpoint({ opensUnknown: true, newSwarmsPerMinute: 1_000_000 });
    for (let count = 0; count < limits.channelsEachMax + 50; count++) enters(cache, caller, invented(count), count + 1);
    expect(cache.endpoint.swarms.size).toBe(limits.channelsEachMax);
    expect(enters(cache, stranger(1), invented(9_999_999))).toBe(true);
  });
});

describe('channels', () => {
  it('of callers leave room for calls of ours', () => {
    const target = new TestEndpoint().seed(content);
    const [swarm] = target.endpoint.swarms.all();
    if (swarm === undefined) return;
    const { upload } = endpointDefaults;
    for (let count = 0; count < limits.incomingChannelsMax; count++) {
      const place = { id: count + 1, address: stranger(count), port: 0 };
      const channel = new Channel({ ...place, initiated: false, serves: true, fetches: false, swarm, upload, now: 0 });
      target.endpoint.channels.addIncoming(channel, 1);
    }
    expect(target.endpoint.channels.size).toBe(limits.incomingChannelsMax);
    expect(enters(target, { ip: '192.0.2.77', port: 1 })).toBe(false);
    const wanted = published(3_000);
    expect(messagesOf(target.fetch(wanted.metadata, caller).take()).map(({ type }) => type)).toEqual(['handshake']);
    expect(limits.incomingChannelsMax).toBeLessThan(limits.channelsMax);
  });
});
