import { limits, second } from '../limits';
import { published } from '../swarm/published.testing';
import type { Address } from './address';
import { channelOf, messagesOf, opening, saying, TestEndpoint } from './endpoint.testing';

const content = published(70_000);
const other = published(3_000);
const caller: Address = { ip: '192.0.2.1', port: 9 };
let seeder: TestEndpoint;

beforeEach(() => {
  seeder = new TestEndpoint().seed(content).seed(other);
  seeder.take();
});

function typesOf(sent: Parameters<typeof messagesOf>[0]): string[] {
  return messagesOf(sent).map(({ type }) => type);
}

/** Opens a channel as far as its second datagram; the ID that it has there. */
function establish(target: TestEndpoint, channel: number, from = caller): number {
  const id = channelOf(target.hear(from, opening(content.metadata, channel)).take());
  target.hear(from, saying(id)).take();
  return id;
}

describe('opening a channel', () => {
  it('is answered from a channel of our own, to that of the caller, with no swarm of ours opened for nothing', () => {
    const sent = seeder.hear(caller, opening(content.metadata, 77)).take();
    expect(sent).toHaveLength(1);
    expect([sent[0]?.to, new DataView(sent[0]?.bytes.buffer ?? new ArrayBuffer(4)).getUint32(0)]).toEqual([caller, 77]);
    expect(channelOf(sent)).not.toBe(0);
  });

  it('again is answered with the same channel, five times a second at most', () => {
    const ids = new Set<number>();
    let answers = 0;
    for (let time = 0; time < 100; time++) {
      const sent = seeder.hear(caller, opening(content.metadata, 77)).wait(second / 50);
      answers += sent.length;
      if (sent.length > 0) ids.add(channelOf(sent));
    }
    expect(ids.size).toBe(1);
    expect(seeder.endpoint.halfOpenSize).toBe(1);
    expect(answers).toBeLessThanOrEqual(10);
    expect(answers).toBeGreaterThanOrEqual(9);
  });

  it('twice from one address makes two channels, in one swarm or in two', () => {
    const first = establish(seeder, 1);
    const second = establish(seeder, 2);
    const third = channelOf(seeder.hear(caller, opening(other.metadata, 3)).take());
    expect(new Set([first, second, third]).size).toBe(3);
    for (const id of [first, second]) {
      const sent = seeder.hear(caller, saying(id, { type: 'request', range: { first: 0, last: 0 } })).take();
      expect(typesOf(sent)).toContain('data');
    }
  });

  it('with an ID that another swarm had makes a new channel: its peer was restarted', () => {
    const first = establish(seeder, 1);
    const next = channelOf(seeder.hear(caller, opening(other.metadata, 1)).take());
    expect(next).not.toBe(first);
    // Anybody may have said so, until this one shows that it heard the answer.
    expect(seeder.endpoint.channels.find(first)?.closed).toBe(false);
    seeder.hear(caller, saying(next)).take();
    expect(seeder.endpoint.channels.find(first)).toBeUndefined();
    expect(seeder.endpoint.channels.size).toBe(1);
  });

  it('waits for the store, and is answered when it told', () => {
    const cache = new TestEndpoint({ opensUnknown: true });
    cache.opens = false;
    expect(cache.hear(caller, opening(content.metadata, 5)).take()).toEqual([]);
    expect(cache.hear(caller, opening(content.metadata, 5)).take()).toEqual([]);
    const { swarmId } = content.metadata;
    cache.endpoint.handle({ kind: 'swarm-opened', swarmId, content: undefined }, cache.now);
    const sent = cache.take();
    expect(typesOf(sent)).toEqual(['handshake']);
    expect([cache.endpoint.channels.size, cache.endpoint.swarms.size]).toEqual([0, 0]);
    cache.hear(caller, saying(channelOf(sent))).take();
    expect([cache.endpoint.channels.size, cache.endpoint.swarms.size]).toEqual([1, 1]);
  });

  it('is forgotten if the store does not answer, and begins anew later', () => {
    const cache = new TestEndpoint({ opensUnknown: true });
    cache.opens = false;
    cache.hear(caller, opening(content.metadata, 5)).wait(100 * second);
    expect([cache.endpoint.halfOpenSize, cache.endpoint.swarms.size]).toEqual([0, 0]);
    cache.opens = true;
    expect(typesOf(cache.hear(caller, opening(content.metadata, 5)).take())).toEqual(['handshake']);
  });

  it('of a swarm that the operator does not allow is met with silence, and one that is allowed is answered', () => {
    const choosy = new TestEndpoint({ admitsSwarm: (swarmId) => swarmId === other.metadata.swarmId });
    choosy.seed(content).seed(other);
    expect(choosy.hear(caller, opening(content.metadata, 5)).take()).toEqual([]);
    expect(choosy.notOurs).toEqual(['swarm-blocked']);
    expect(typesOf(choosy.hear(caller, opening(other.metadata, 6)).take())).toContain('handshake');
  });

  it('of a swarm that the store has otherwise is met with silence', () => {
    const cache = new TestEndpoint({ opensUnknown: true });
    cache.opens = false;
    cache.hear(caller, opening({ ...content.metadata, addressing: 'chunk64' }, 5)).take();
    const { swarmId } = content.metadata;
    cache.endpoint.handle({ kind: 'swarm-opened', swarmId, content: content.content }, cache.now);
    expect(cache.take()).toEqual([]);
    expect([cache.endpoint.halfOpenSize, cache.endpoint.swarms.size]).toEqual([0, 0]);
    expect(cache.notOurs).toEqual(['chunk-addressing']);
  });

  it('is given up after ten seconds without a second datagram', () => {
    seeder.hear(caller, opening(content.metadata, 1)).wait(limits.halfOpen - 1);
    expect(seeder.endpoint.halfOpenSize).toBe(1);
    expect(seeder.wait(2)).toEqual([]);
    expect(seeder.endpoint.halfOpenSize).toBe(0);
  });

  it('tells what we have once the caller proved that it is there', () => {
    const id = channelOf(seeder.hear(caller, opening(content.metadata, 1)).take());
    const sent = seeder.hear(caller, saying(id)).take();
    expect(messagesOf(sent)).toEqual([{ type: 'have', range: { first: 0, last: 68 } }]);
  });
});

describe('a channel', () => {
  it('is open to its own peer alone', () => {
    const id = establish(seeder, 1);
    const request = saying(id, { type: 'request', range: { first: 0, last: 9 } });
    expect(seeder.hear({ ...caller, port: 10 }, request).take()).toEqual([]);
    expect(seeder.hear({ ...caller, ip: '192.0.2.2' }, request).take()).toEqual([]);
    expect(seeder.endpoint.counters.faults.get('wrong-address')).toBe(2);
    expect(seeder.hear(caller, request).take()).not.toEqual([]);
  });

  it('is closed by its peer with a HANDSHAKE to channel 0, and not answered', () => {
    const id = establish(seeder, 1);
    expect(seeder.hear(caller, saying(id, { type: 'handshake', channel: 0, options: {} })).take()).toEqual([]);
    expect(seeder.endpoint.channels.size).toBe(0);
    seeder.hear(caller, saying(id, { type: 'request', range: { first: 0, last: 9 } })).take();
    expect(seeder.endpoint.counters.faults.get('no-channel')).toBe(1);
  });

  it('is closed by us with a HANDSHAKE to channel 0 when we leave', () => {
    establish(seeder, 1);
    establish(seeder, 2);
    const sent = [...seeder.endpoint.close(seeder.now)].flatMap((effect) => (effect.kind === 'send' ? [effect] : []));
    expect(messagesOf(sent)).toEqual([1, 2].map(() => ({ type: 'handshake', channel: 0, options: {} })));
    expect([seeder.endpoint.channels.size, seeder.endpoint.swarms.size]).toEqual([0, 0]);
  });

  it('is kept alive, and given up after three minutes of silence', () => {
    establish(seeder, 1);
    const sent = seeder.wait(limits.deadAfter - 1);
    expect(sent.map(({ bytes }) => bytes.length)).toEqual([4, 4, 4]);
    expect(seeder.endpoint.channels.size).toBe(1);
    seeder.wait(60 * second);
    expect(seeder.endpoint.channels.size).toBe(0);
  });

  it('of a peer that lacks what we have is told again when it says no more than that it is there', () => {
    const id = establish(seeder, 1);
    expect(typesOf(seeder.hear(caller, saying(id)).take())).toEqual([]);
    seeder.wait(limits.reminder);
    expect(typesOf(seeder.hear(caller, saying(id)).take())).toEqual(['have']);
    seeder.hear(caller, saying(id, { type: 'have', range: { first: 0, last: 68 } })).wait(limits.reminder);
    expect(typesOf(seeder.hear(caller, saying(id)).take())).toEqual([]);
  });

  it('of one who is not served answers requests with CHOKE, now and then', () => {
    const leecher = new TestEndpoint({ servesCalled: false }).fetch(content.metadata, caller);
    const call = leecher.take();
    const id = channelOf(call);
    leecher.hear(caller, saying(id, { type: 'handshake', channel: 8, options: { ...answer } })).take();
    const types: string[] = [];
    for (let time = 0; time < 20; time++) {
      leecher.hear(caller, saying(id, { type: 'request', range: { first: 0, last: 0 } }));
      types.push(...typesOf(leecher.wait(second / 10)).filter((type) => type === 'choke' || type === 'data'));
    }
    expect(types).toEqual(['choke', 'choke']);
  });
});

const answer = { version: 1, minimumVersion: 1, integrityMethod: 1, hashFunction: 2, chunkAddressing: 2 };

describe('calling a peer', () => {
  it('that does not answer ends after a few tries, and is begun again later', () => {
    const leecher = new TestEndpoint().fetch(content.metadata, caller);
    expect(typesOf(leecher.wait(15 * second - 1))).toEqual(new Array(limits.handshakeTries).fill('handshake'));
    leecher.wait(1);
    expect(leecher.endpoint.channels.size).toBe(0);
    expect(typesOf(leecher.wait(2 * second))).toEqual(['handshake', 'handshake']);
  });

  it('that forgot the channel is noticed, and it is called anew', () => {
    const leecher = new TestEndpoint().fetch(content.metadata, caller);
    const id = channelOf(leecher.take());
    leecher.hear(caller, saying(id, { type: 'handshake', channel: 8, options: answer })).take();
    leecher.hear(caller, saying(id, { type: 'have', range: { first: 0, last: 68 } })).take();
    const nudge = leecher.wait(2 * second);
    expect(channelOf(nudge)).toBe(id);
    const call = leecher.hear(caller, saying(id, { type: 'handshake', channel: 9, options: answer })).take();
    expect(channelOf([...call, ...leecher.wait(0)])).not.toBe(id);
    expect(leecher.endpoint.channels.find(id)).toBeUndefined();
  });

  it('uses the socket that the configuration names', () => {
    const leecher = new TestEndpoint({ portFor: ({ ip }) => (ip.includes(':') ? 1 : 0) });
    const ports: number[] = [];
    leecher.fetch(content.metadata, { ip: '2001:db8::1', port: 5 });
    for (const effect of leecher.endpoint.drain(leecher.now)) if (effect.kind === 'send') ports.push(effect.port);
    expect(ports).toEqual([1]);
  });
});

describe('the tables', () => {
  it('never give out channel 0, nor an ID that is taken', () => {
    const ids = [0, 5, 5, 0, 6];
    const served = new TestEndpoint({ random: () => ids.shift() ?? 7 }).seed(content);
    expect([1, 2].map((channel) => channelOf(served.hear(caller, opening(content.metadata, channel)).take()))).toEqual([
      5, 6,
    ]);
  });
});
