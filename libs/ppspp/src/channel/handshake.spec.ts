import * as fc from 'fast-check';
import { chunkAddressings } from '../addressing/method';
import { published } from '../swarm/published.testing';
import { hashBytes } from '../integrity/hash';
import { hashFunctions, type SwarmMetadata } from '../swarm/metadata';
import { chunkSizeGuess } from '../wire/codes';
import { decodeHandshake } from '../wire/decode';
import { encodeDatagram } from '../wire/encode';
import type { HandshakeOptions } from '../wire/message';
import { ownSupportedMessages } from '../wire/supported-messages';
import {
  answeringOptions,
  bytesOfSwarmId,
  disagreement,
  hexOf,
  initiatingOptions,
  judgeAnswer,
  judgeInitiation,
} from './handshake';

const { metadata } = published(5_000, { hash: 'sha1', addressing: 'chunk64', chunkSize: 2_048 });
const anyMetadata: fc.Arbitrary<SwarmMetadata> = fc
  .record({
    hash: fc.constantFrom(...hashFunctions),
    addressing: fc.constantFrom(...chunkAddressings),
    chunkSize: fc.integer({ min: 512, max: 65_000 }),
    id: fc.uint8Array({ minLength: 64, maxLength: 64 }),
  })
  .map(({ hash, addressing, chunkSize, id }) => ({
    hash,
    addressing,
    chunkSize,
    swarmId: hexOf(id.subarray(0, hashBytes[hash])),
  }));

function sent(options: HandshakeOptions): Uint8Array {
  return encodeDatagram(0, [{ type: 'handshake', channel: 5, options }], {
    addressing: 'chunk32',
    hashBytes: 20,
    chunkSize: undefined,
  });
}

function received(options: HandshakeOptions): HandshakeOptions {
  const decoded = decodeHandshake(sent(options));
  if ('fault' in decoded) throw new TypeError(decoded.fault);
  return decoded.handshake.options;
}

interface Refused {
  readonly fault: string;
  readonly options: HandshakeOptions;
}

describe('an initiating HANDSHAKE', () => {
  it('tells all of a swarm, in both of its forms', () => {
    fc.assert(
      fc.property(anyMetadata, fc.boolean(), (told, full) => {
        const judged = judgeInitiation(received(initiatingOptions(told, full)));
        const chunkSizeGiven = full || told.addressing === 'byte64';
        const chunkSize = chunkSizeGiven ? told.chunkSize : chunkSizeGuess;
        expect(judged).toEqual({ ok: true, metadata: { ...told, chunkSize }, chunkSizeGiven });
      }),
    );
  });

  const right = initiatingOptions(metadata, true);

  function without(name: keyof HandshakeOptions): HandshakeOptions {
    return Object.fromEntries(Object.entries(right).filter(([key]) => key !== name));
  }

  const refused: readonly Refused[] = [
    { fault: 'version', options: { ...right, version: 9, minimumVersion: 9 } },
    { fault: 'version', options: without('version') },
    { fault: 'swarm-missing', options: without('swarmId') },
    { fault: 'swarm-other', options: { ...right, swarmId: new Uint8Array(32) } },
    { fault: 'integrity-method', options: { ...right, integrityMethod: 0 } },
    { fault: 'hash-function', options: { ...right, hashFunction: 5 } },
    { fault: 'chunk-addressing', options: { ...right, chunkAddressing: 5 } },
    { fault: 'chunk-size', options: { ...right, chunkSize: 511 } },
    { fault: 'chunk-size', options: { ...right, chunkSize: 0xffffffff } },
    { fault: 'chunk-size', options: { ...without('chunkSize'), chunkAddressing: 1 } },
    { fault: 'integrity-method', options: { ...right, integrityMethod: 2, liveSignatureAlgorithm: 13 } },
    { fault: 'integrity-method', options: { ...right, integrityMethod: 3, liveSignatureAlgorithm: 13 } },
    { fault: 'version', options: { ...right, version: 0, minimumVersion: 0 } },
    { fault: 'version', options: { ...right, version: 3, minimumVersion: 2 } },
  ];

  it.each(refused)('is refused for its $fault', ({ fault, options }) => {
    expect(judgeInitiation(options)).toEqual({ ok: false, fault });
  });

  it('has the defaults of RFC 7574 section 7 for what it leaves out, and the function of its root hash', () => {
    const { swarmId } = metadata;
    const { version = 0, swarmId: id = new Uint8Array(0) } = right;
    const defaults = { swarmId, hash: 'sha1', addressing: 'chunk32', chunkSize: chunkSizeGuess };
    expect(judgeInitiation({ version, swarmId: id })).toEqual({ ok: true, metadata: defaults, chunkSizeGiven: false });
  });

  it('of a peer that speaks later versions, too, is read', () => {
    expect(judgeInitiation({ ...right, version: 3, minimumVersion: 1 }).ok).toBe(true);
  });
});

describe('an answer', () => {
  it('is accepted by whom it answers, and is no longer than what it answers', () => {
    fc.assert(
      fc.property(anyMetadata, fc.boolean(), (told, full) => {
        const asked = initiatingOptions(told, full);
        const answer = answeringOptions(told, asked);
        expect(judgeAnswer(received(answer), told)).toBeUndefined();
        expect(sent(answer).length).toBeLessThanOrEqual(sent(asked).length);
      }),
    );
  });

  it.each([
    { name: 'neither 8 nor 9', theirs: {}, codes: [] },
    { name: '8', theirs: { supportedMessages: ownSupportedMessages }, codes: ['supportedMessages', 'swarmId'] },
    { name: '9', theirs: { chunkSize: 2_048 }, codes: ['chunkSize', 'swarmId'] },
  ])('has the options that somebody reads who sent $name', ({ theirs, codes }) => {
    const optional = Object.keys(answeringOptions(metadata, theirs)).filter((name) =>
      ['supportedMessages', 'chunkSize', 'swarmId'].includes(name),
    );
    expect(optional.sort()).toEqual(codes);
  });

  it.each([
    { fault: 'swarm-other', change: { swarmId: new Uint8Array(20) } },
    { fault: 'hash-function', change: { hashFunction: 2 } },
    { fault: 'chunk-addressing', change: { chunkAddressing: 2 } },
    { fault: 'chunk-size', change: { chunkSize: 4_096 } },
    { fault: 'version', change: { version: 7, minimumVersion: 7 } },
  ])('of another swarm is refused for its $fault', ({ fault, change }) => {
    const answer = { ...answeringOptions(metadata, initiatingOptions(metadata, true)), ...change };
    expect(judgeAnswer(answer, metadata)).toBe(fault);
  });

  it('agrees with all that it leaves out', () => {
    fc.assert(
      fc.property(anyMetadata, (told) => {
        expect(judgeAnswer({}, told)).toBeUndefined();
        expect(judgeAnswer({ version: 4 }, told)).toBeUndefined();
      }),
    );
  });

  it('that names no chunk size agrees with any', () => {
    expect(judgeAnswer(answeringOptions(metadata, {}), metadata)).toBeUndefined();
    const judged = judgeInitiation(initiatingOptions({ ...metadata, chunkSize: 512 }, false));
    expect(judged.ok && disagreement(judged, metadata)).toBeUndefined();
  });
});

it('writes swarm IDs as hex and reads them', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 70 }), (bytes) => {
      expect(hexOf(bytes)).toBe(Buffer.from(bytes).toString('hex'));
      expect(bytesOfSwarmId(hexOf(bytes))).toEqual(bytes);
    }),
  );
});
