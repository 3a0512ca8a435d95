import fc from 'fast-check';
import { encodeDatagram, initiatingOptions, shardOfSwarm } from '@weir/ppspp';
import { ownerOf } from './owner';

function handshake(swarmId: string): Uint8Array {
  const metadata = { swarmId, hash: 'sha256', addressing: 'chunk32', chunkSize: 1_024 } as const;
  const dialect = { addressing: 'chunk32', hashBytes: 32, chunkSize: undefined } as const;
  const message = { type: 'handshake', channel: 9, options: initiatingOptions(metadata, true) } as const;
  return encodeDatagram(0, [message], dialect);
}

/** A datagram to a channel. */
function to(channel: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, channel);
  return bytes;
}

const swarmIds = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes).toString('hex'));
const counts = fc.integer({ min: 2, max: 16 });

describe('the owner of a datagram', () => {
  it('is the thread that has its channel', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 32 - 1 }), counts, fc.nat(15), (random, count, at) => {
        const index = at % count;
        const id = index * 2 ** 28 + (random % 2 ** 28);
        fc.pre(id !== 0);
        for (let thread = 0; thread < count; thread++) expect(ownerOf(to(id), { index: thread, count })).toBe(index);
      }),
    );
  });

  it('is the thread of the swarm that a HANDSHAKE names, the same for all', () => {
    fc.assert(
      fc.property(swarmIds, counts, (swarmId, count) => {
        const owners = Array.from({ length: count }, (_, index) => ownerOf(handshake(swarmId), { index, count }));
        expect(new Set(owners)).toEqual(new Set([shardOfSwarm(swarmId, count)]));
      }),
    );
  });

  it('is whoever has it, of what is no datagram of ours, and where there is one thread alone', () => {
    const strange = [new Uint8Array(), new Uint8Array(3), new Uint8Array(5), to(0), to(0xffff_ffff), to(0x2000_0000)];
    expect(strange.map((bytes) => ownerOf(bytes, { index: 1, count: 2 }))).toEqual(strange.map(() => 1));
    expect(ownerOf(to(0x1000_0000), { index: 0, count: 1 })).toBe(0);
  });
});
