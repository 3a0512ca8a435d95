import { bytesOfSwarmId } from '../channel/handshake';
import { second } from '../limits';
import { chunkOf, published, type Published } from '../swarm/published.testing';
import { peekChannel } from '../wire/decode';
import { encodeDatagram } from '../wire/encode';
import type { Message } from '../wire/message';
import type { Address } from './address';
import type { EndpointConfig } from './config';
import { channelOf, messagesOf, opening, saying, testDialect, TestEndpoint, type Sent } from './endpoint.testing';

/** What RFC 7574 demands of an endpoint as a whole; docs/rfc-coverage.md names these tests. */

const content = published(70_000);
const peer: Address = { ip: '192.0.2.1', port: 9 };
const answer = { version: 1, minimumVersion: 1, integrityMethod: 1, hashFunction: 2, chunkAddressing: 2 };
const everything = { first: 0, last: 68 };

/** The peer's ID of each channel here. */
const theirs = 0xa1b2c3d4;

function typesOf(sent: readonly Sent[]): string[] {
  return messagesOf(sent).map(({ type }) => type);
}

function destinationsOf(sent: readonly Sent[]): (number | undefined)[] {
  return [...new Set(sent.map(({ bytes }) => peekChannel(bytes)))];
}

/** A channel that the peer opened, and our ID of it. */
function served(config: Partial<EndpointConfig> = {}): { seeder: TestEndpoint; id: number } {
  const seeder = new TestEndpoint(config).seed(content);
  const id = channelOf(seeder.hear(peer, opening(content.metadata, theirs)).take());
  seeder.hear(peer, saying(id)).take();
  return { seeder, id };
}

/** A channel that we opened, answered with `more` after the HANDSHAKE. */
function fetching(leecher: TestEndpoint, ...more: readonly Message[]): { id: number; sent: Sent[] } {
  const id = channelOf(leecher.fetch(content.metadata, peer).take());
  const handshake = { type: 'handshake', channel: theirs, options: answer } as const;
  return { id, sent: leecher.hear(peer, saying(id, handshake, ...more)).take() };
}

/** Somebody who has the first extent alone. */
function halfway(): TestEndpoint {
  const part: Published = { ...content, content: { ...content.content, extents: [0] } };
  return new TestEndpoint().seed(part);
}

/** DATA with everything that proves it, as one of ours sends it. */
function dataOf(chunk: number, target: number): Uint8Array {
  const { seeder, id } = served();
  const sent = seeder.hear(peer, saying(id, { type: 'request', range: { first: chunk, last: chunk } })).take();
  return saying(target, ...messagesOf(sent));
}

describe('the handshake', () => {
  it('brings nothing heavy before its third datagram, whatever is asked for in the first', () => {
    const seeder = new TestEndpoint().seed(content);
    const first = [...opening(content.metadata, theirs), ...saying(0, { type: 'request', range: everything }).slice(4)];
    const sent = seeder.hear(peer, Uint8Array.from(first)).wait(second);
    expect(typesOf(sent)[0]).toBe('handshake');
    expect(typesOf(sent)).not.toContain('data');
    expect(destinationsOf(sent)).toEqual([theirs]);
  });

  it('goes on with the right answer after others were discarded', () => {
    const leecher = new TestEndpoint();
    const id = channelOf(leecher.fetch(content.metadata, peer).take());
    const handshake = { type: 'handshake', channel: theirs, options: answer } as const;
    expect(leecher.hear(peer, saying(id + 1, handshake)).take()).toEqual([]);
    expect(leecher.hear({ ...peer, port: 10 }, saying(id, handshake)).take()).toEqual([]);
    expect(leecher.endpoint.channels.find(id)?.phase).toBe('opening');
    leecher.hear(peer, saying(id, handshake)).take();
    expect(leecher.endpoint.channels.find(id)?.phase).toBe('open');
  });

  it('is completed at once by who began it, on the channel that the answer named', () => {
    const { sent } = fetching(new TestEndpoint());
    expect(destinationsOf(sent)).toEqual([theirs]);
  });

  it('lets who began it answer a REQUEST that came with the answer', () => {
    const { sent } = fetching(halfway(), { type: 'request', range: { first: 3, last: 3 } });
    expect(messagesOf(sent)).toContainEqual(expect.objectContaining({ type: 'data', bytes: chunkOf(content, 3) }));
    expect(destinationsOf(sent)).toEqual([theirs]);
  });

  it('goes on with the right third datagram after others were discarded', () => {
    const seeder = new TestEndpoint().seed(content);
    const id = channelOf(seeder.hear(peer, opening(content.metadata, theirs)).take());
    expect(seeder.hear(peer, saying(id + 1, { type: 'request', range: everything })).take()).toEqual([]);
    expect(seeder.endpoint.halfOpenSize).toBe(1);
    expect(typesOf(seeder.hear(peer, saying(id, { type: 'request', range: everything })).take())).toContain('data');
  });

  it('names no version but its own, first of all options', () => {
    const opened = new TestEndpoint().fetch(content.metadata, peer).take();
    const answered = new TestEndpoint().seed(content).hear(peer, opening(content.metadata, theirs)).take();
    for (const { bytes } of [...opened, ...answered]) expect([...bytes.subarray(9, 11)]).toEqual([0, 1]);
  });

  it('of closing goes to the channel that the peer named, with a channel of zeros and no options', () => {
    const { seeder } = served();
    const sent = seeder.endpoint.close(seeder.now).flatMap((effect) => (effect.kind === 'send' ? [effect] : []));
    expect(sent.map(({ bytes }) => Buffer.from(bytes).toString('hex'))).toEqual(['a1b2c3d40000000000ff']);
  });
});

describe('the messages of a datagram', () => {
  it('are heard in their order', () => {
    const { seeder, id } = served();
    const range = { first: 7, last: 7 };
    const request = { type: 'request', range } as const;
    const ack = { type: 'ack', range, delay: 0n } as const;
    expect(typesOf(seeder.hear(peer, saying(id, request, ack)).take())).not.toContain('data');
    expect(typesOf(seeder.hear(peer, saying(id, ack, request)).take())).toContain('data');
  });

  it('count up to the first that is invalid', () => {
    const { seeder, id } = served();
    const unknown = Uint8Array.of(200);
    const ahead = saying(id, { type: 'request', range: { first: 1, last: 1 } });
    const behind = saying(id, { type: 'request', range: { first: 2, last: 2 } }).subarray(4);
    const sent = seeder.hear(peer, Uint8Array.from([...ahead, ...unknown, ...behind])).take();
    const chunks = messagesOf(sent).flatMap((message) => (message.type === 'data' ? [message.range.first] : []));
    expect(chunks).toEqual([1]);
  });

  it('share one datagram as far as it has room', () => {
    const leecher = new TestEndpoint();
    const { id } = fetching(leecher, { type: 'have', range: everything });
    const sent = leecher.hear(peer, dataOf(0, id)).take();
    expect(sent).toHaveLength(1);
    expect(new Set(typesOf(sent))).toEqual(new Set(['ack', 'request']));
  });

  it('may be several REQUESTs, which are served in their order', () => {
    const { seeder, id } = served();
    // What has to be read from the store first comes in ascending order.
    const first = seeder.hear(peer, saying(id, { type: 'request', range: { first: 0, last: 0 } })).take();
    expect(typesOf(first)).toContain('data');
    seeder.hear(peer, saying(id, { type: 'ack', range: { first: 0, last: 0 }, delay: 0n })).take();
    const wanted = [5, 1, 9];
    const requests = wanted.map((chunk) => ({ type: 'request', range: { first: chunk, last: chunk } }) as const);
    const chunks: number[] = [];
    let sent = seeder.hear(peer, saying(id, ...requests)).take();
    while (sent.length > 0) {
      const data = messagesOf(sent).flatMap((message) => (message.type === 'data' ? [message.range] : []));
      chunks.push(...data.map(({ first }) => first));
      seeder.now += second / 10;
      sent = seeder.hear(peer, saying(id, ...data.map((range) => ({ type: 'ack', range, delay: 0n }) as const))).take();
    }
    expect(chunks).toEqual(wanted);
  });
});

describe('time', () => {
  it('in DATA is the system time of sending, in microseconds', () => {
    const wireOffset = 1_700_000_000_000_000n;
    const { seeder, id } = served({ wireOffset });
    seeder.now += 1_234_567;
    const sent = seeder.hear(peer, saying(id, { type: 'request', range: { first: 0, last: 0 } })).take();
    const data = messagesOf(sent).find(({ type }) => type === 'data');
    expect(data).toEqual(expect.objectContaining({ timestamp: BigInt(seeder.now) + wireOffset }));
  });

  it('in ACK is how long DATA took, by the two clocks', () => {
    const wireOffset = 1_700_000_000_000_000n;
    const leecher = new TestEndpoint({ wireOffset });
    const { id } = fetching(leecher, { type: 'have', range: everything });
    const timestamp = BigInt(leecher.now) + wireOffset - 42_000n;
    const proven = messagesOf([{ to: peer, bytes: dataOf(0, id) }]);
    const sent = leecher
      .hear(peer, saying(id, ...proven.map((one) => (one.type === 'data' ? { ...one, timestamp } : one))))
      .take();
    expect(messagesOf(sent)).toContainEqual({ type: 'ack', range: { first: 0, last: 0 }, delay: 42_000n });
  });
});

describe('DATA', () => {
  it('ends its datagram, after the hashes of each tier from the top', () => {
    const { seeder, id } = served();
    const sent = seeder.hear(peer, saying(id, { type: 'request', range: { first: 40, last: 40 } })).take();
    expect(sent).toHaveLength(1);
    const widths = messagesOf(sent).map((message) =>
      message.type === 'integrity' ? message.range.last - message.range.first + 1 : message.type,
    );
    const [peaks, uncles] = [widths.slice(0, 3), widths.slice(3)];
    expect(peaks).toEqual([64, 4, 1]);
    expect(uncles).toEqual([32, 16, 8, 4, 2, 1, 'data']);
  });

  it('that does not fit a packet beside its hashes comes after them', () => {
    const wide = published(200_000, { chunkSize: 1_400 });
    const seeder = new TestEndpoint().seed(wide);
    const id = channelOf(seeder.hear(peer, opening(wide.metadata, theirs)).take());
    seeder.hear(peer, saying(id)).take();
    const sent = seeder.hear(peer, saying(id, { type: 'request', range: { first: 40, last: 40 } })).take();
    const types = sent.map(({ bytes }) => [...new Set(typesOf([{ to: peer, bytes }]))]);
    expect(types).toEqual([['integrity'], ['data']]);
    expect(Math.max(...sent.map(({ bytes }) => bytes.length))).toBeLessThanOrEqual(1_452);
  });

  it('of several chunks in one datagram is taken chunk by chunk', () => {
    const leecher = new TestEndpoint();
    const { id } = fetching(leecher, { type: 'have', range: everything });
    leecher.hear(peer, dataOf(0, id)).take();
    const both = [1, 2].flatMap((chunk) => messagesOf([{ to: peer, bytes: dataOf(chunk, id) }]));
    const acknowledged = messagesOf(leecher.hear(peer, saying(id, ...both)).take()).filter(
      ({ type }) => type === 'ack',
    );
    expect(acknowledged).toHaveLength(2);
  });
});

describe('what was received', () => {
  it('is announced in the biggest interval around it, once it is verified and stored', () => {
    const other: Address = { ip: '192.0.2.7', port: 7 };
    const leecher = new TestEndpoint({ opensUnknown: true });
    const { seeder, id } = served();
    const { id: ours } = fetching(leecher, { type: 'have', range: everything });
    const neighbour = channelOf(leecher.hear(other, opening(content.metadata, theirs)).take());
    const heard: Message[] = [];
    const listen = (sent: readonly Sent[]): void => {
      heard.push(...messagesOf(sent.filter(({ to }) => to.ip === other.ip)));
      for (const { bytes, to } of sent)
        if (to.ip === peer.ip) seeder.hear(peer, saying(id, ...messagesOf([{ bytes, to }])));
    };
    listen(leecher.hear(other, saying(neighbour)).take());
    for (let turn = 0; turn < 40; turn++) {
      for (const sent of seeder.wait(second / 50)) leecher.hear(peer, saying(ours, ...messagesOf([sent])));
      listen(leecher.wait(second / 50));
    }
    const haves = heard.filter(({ type }) => type === 'have');
    // Both extents came in one turn.
    expect(haves).toEqual([{ type: 'have', range: { first: 0, last: 68 } }]);
  });

  it('is acknowledged in the biggest interval around it that came from the same peer', () => {
    const leecher = new TestEndpoint();
    const id = channelOf(leecher.fetch(content.metadata, peer).take());
    const handshake = { type: 'handshake', channel: theirs, options: { ...answer, chunkSize: 1_024 } } as const;
    leecher.hear(peer, saying(id, handshake, { type: 'have', range: everything })).take();
    const acks = [0, 2, 1].flatMap((chunk) =>
      messagesOf(leecher.hear(peer, dataOf(chunk, id)).take()).filter(({ type }) => type === 'ack'),
    );
    const ranges = acks.map((message) => (message.type === 'ack' ? [message.range.first, message.range.last] : []));
    expect(ranges).toEqual([
      [0, 0],
      [2, 2],
      [0, 2],
    ]);
  });

  it('is not announced to who has all of it', () => {
    const seeder = new TestEndpoint().seed(content);
    const id = channelOf(seeder.hear(peer, opening(content.metadata, theirs)).take());
    const sent = seeder.hear(peer, saying(id, { type: 'have', range: everything })).wait(10 * second);
    expect(typesOf(sent)).not.toContain('have');
  });

  it('and was not asked for costs no hash and gets no ACK', () => {
    const leecher = new TestEndpoint();
    const { id } = fetching(leecher);
    expect(typesOf(leecher.hear(peer, dataOf(0, id)).take())).toEqual([]);
    expect([...leecher.endpoint.counters.faults]).toEqual([['data-not-asked', 1]]);
  });
});

describe('a peer that chokes us', () => {
  it('is asked for nothing, HAVE or not, until it unchokes', () => {
    const leecher = new TestEndpoint();
    const { id, sent } = fetching(leecher, { type: 'choke' }, { type: 'have', range: { first: 0, last: 9 } });
    expect(typesOf(sent)).not.toContain('request');
    const later = leecher.hear(peer, saying(id, { type: 'have', range: everything })).wait(2 * second);
    expect(typesOf(later)).not.toContain('request');
    expect(typesOf(leecher.hear(peer, saying(id, { type: 'unchoke' })).take())).toContain('request');
  });

  it('and did not say so is not believed to have choked us', () => {
    const leecher = new TestEndpoint();
    const { sent } = fetching(leecher, { type: 'unchoke' }, { type: 'have', range: everything });
    expect(typesOf(sent)).toContain('request');
  });
});

it('a HANDSHAKE without a version is met with silence', () => {
  const seeder = new TestEndpoint().seed(content);
  const named = Object.entries({ ...answer, swarmId: bytesOfSwarmId(content.metadata.swarmId) });
  const options = Object.fromEntries(named.filter(([name]) => name !== 'version'));
  const bytes = encodeDatagram(0, [{ type: 'handshake', channel: theirs, options }], testDialect);
  expect(seeder.hear(peer, bytes).wait(second)).toEqual([]);
});
