import fc from 'fast-check';
import { limits } from '../limits';
import { published } from '../swarm/published.testing';
import { channelOf, opening, saying, TestEndpoint } from './endpoint.testing';
import { channelIdOf, shardOfChannel, shardOfSwarm, swarmIdOf } from './shard';

const { metadata } = published(3_000);
const anyShard = fc
  .integer({ min: 1, max: limits.shardsMax })
  .chain((count) => fc.record({ count: fc.constant(count), index: fc.nat(count - 1) }));

describe('a channel ID', () => {
  it('tells whose channel it is, and keeps 28 bits of what was drawn', () => {
    fc.assert(
      fc.property(anyShard, fc.nat(2 ** 32 - 1), (shard, random) => {
        const id = channelIdOf(random, shard);
        expect(Number.isInteger(id) && id >= 0 && id < 2 ** 32).toBe(true);
        expect(id % 2 ** 28).toBe(random % 2 ** 28);
        if (shard.count > 1) expect(shardOfChannel(id)).toBe(shard.index);
        else expect(id).toBe(random);
      }),
    );
  });

  it('is 32 random bits where one endpoint has the port to itself', () => {
    expect(channelIdOf(0xfedcba98, undefined)).toBe(0xfedcba98);
  });

  it('is drawn so by an endpoint, for those who call and for whom it calls', () => {
    const seeder = new TestEndpoint({ shard: { index: 11, count: 12 } }).seed(published(3_000));
    const from = { ip: '192.0.2.1', port: 9 };
    expect(shardOfChannel(channelOf(seeder.hear(from, opening(metadata, 5)).take()))).toBe(11);
    const leecher = new TestEndpoint({ shard: { index: 3, count: 4 } }).fetch(metadata, from);
    expect(shardOfChannel(channelOf(leecher.take()))).toBe(3);
  });

  it('is drawn anew where it would be 0, which initiates', () => {
    const draws = [0, 2 ** 28, 7];
    const seeder = new TestEndpoint({ shard: { index: 0, count: 2 }, random: () => draws.shift() ?? 9 });
    seeder.seed(published(3_000));
    draws.splice(0, draws.length, 0, 2 ** 28, 7);
    expect(channelOf(seeder.hear({ ip: '192.0.2.1', port: 9 }, opening(metadata, 5)).take())).toBe(7);
  });
});

describe('a swarm', () => {
  it('belongs to one of so many, and to the same each time', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 64 }), fc.integer({ min: 1, max: 16 }), (bytes, count) => {
        const swarmId = Buffer.from(bytes).toString('hex');
        const shard = shardOfSwarm(swarmId, count);
        expect(shard).toBe(shardOfSwarm(swarmId, count));
        expect(Number.isInteger(shard) && shard >= 0 && shard < count).toBe(true);
      }),
    );
  });

  it('belongs to each of them as often as to another, or nearly so', () => {
    const counts = new Array<number>(16).fill(0);
    for (let at = 0; at < 16_000; at++) {
      const shard = shardOfSwarm(at.toString(16).padStart(64, '0'), 16);
      counts[shard] = (counts[shard] ?? 0) + 1;
    }
    expect(Math.min(...counts)).toBeGreaterThan(800);
    expect(Math.max(...counts)).toBeLessThan(1_200);
  });
});

describe('the swarm that a datagram names', () => {
  it('is that of an initiating HANDSHAKE', () => {
    expect(swarmIdOf(opening(metadata, 5))).toBe(metadata.swarmId);
  });

  it.each([
    { what: 'nothing', bytes: new Uint8Array(0) },
    { what: 'a datagram of an open channel', bytes: saying(7, { type: 'choke' }) },
    { what: 'a HANDSHAKE that closes', bytes: opening(metadata, 0) },
    { what: 'no HANDSHAKE', bytes: saying(0, { type: 'choke' }) },
    { what: 'a HANDSHAKE without a swarm', bytes: saying(0, { type: 'handshake', channel: 5, options: {} }) },
    { what: 'a part of one', bytes: opening(metadata, 5).subarray(0, 30) },
  ])('is none in $what', ({ bytes }) => {
    expect(swarmIdOf(bytes)).toBeUndefined();
  });

  it('is told or not, and nothing is thrown, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        const named = swarmIdOf(bytes);
        expect(named === undefined || /^(?:[0-9a-f]{2})+$/.test(named)).toBe(true);
      }),
    );
  });
});
