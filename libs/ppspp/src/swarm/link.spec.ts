import * as fc from 'fast-check';
import { chunkAddressings } from '../addressing/method';
import { hexOf } from '../channel/handshake';
import { hashBytes } from '../integrity/hash';
import { limits } from '../limits';
import { linkOf, readLink } from './link';
import { hashFunctions, type SwarmMetadata } from './metadata';
import { metadataOf, readRecord, recordOf, statementOf, type SwarmStatement } from './statement';

const anyHex = (bytes: number) => fc.uint8Array({ minLength: bytes, maxLength: bytes }).map(hexOf);
const anyText = fc.string({ minLength: 1, unit: 'binary' });
const anyPlaces = fc.array(fc.oneof(anyText, fc.webUrl(), fc.constantFrom('[2001:db8::1]:1', 'a=b&c?d%')), {
  maxLength: 5,
});
const anyMetadata: fc.Arbitrary<SwarmMetadata> = fc
  .record({
    hash: fc.constantFrom(...hashFunctions),
    addressing: fc.constantFrom(...chunkAddressings),
    chunkSize: fc.integer({ min: limits.chunkSizeMin, max: limits.chunkSizeMax }),
    contentBytes: fc.option(fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), { nil: undefined }),
    protectedId: fc.boolean(),
    length: fc.integer({ min: 1, max: limits.swarmIdBytesMax }),
  })
  .chain(({ protectedId, length, contentBytes, ...format }) =>
    anyHex(protectedId ? hashBytes[format.hash] : length)
      .filter((swarmId) => /[^0]/.test(swarmId))
      .map((swarmId) => ({
        ...format,
        swarmId,
        ...(protectedId ? {} : { integrity: 'none' as const, hash: 'sha256' as const }),
        ...(contentBytes === undefined ? {} : { contentBytes }),
      })),
  );

describe('a statement', () => {
  it('comes back from its link and from its record, and tells all of the metadata', () => {
    fc.assert(
      fc.property(anyMetadata, anyPlaces, anyPlaces, (metadata, trackers, peers) => {
        const statement = statementOf(metadata, { trackers, peers });
        expect(readLink(linkOf(statement))).toEqual({ value: statement });
        expect(readRecord(JSON.parse(JSON.stringify(recordOf(statement))))).toEqual({ value: statement });
        expect(metadataOf(statement)).toEqual(metadata);
      }),
    );
  });

  it('that leaves all to defaults has those of RFC 7574, and the hash that its swarm ID tells', () => {
    for (const hash of hashFunctions) {
      const swarmId = 'ab'.repeat(hashBytes[hash]);
      const silent: SwarmStatement = { swarmId, trackers: [], peers: [] };
      expect(readLink(linkOf(silent))).toEqual({ value: silent });
      expect(metadataOf(silent)).toEqual({ swarmId, hash, addressing: 'chunk32', chunkSize: 1_024 });
    }
  });

  it('never throws, whatever text or JSON it is read from', () => {
    fc.assert(
      fc.property(fc.string(), fc.jsonValue(), (text, json) => {
        for (const reading of [readLink(text), readLink(`ppsp:${text}`), readRecord(json)]) {
          expect('value' in reading || reading.problem.length > 0).toBe(true);
        }
      }),
    );
  });
});

const id = 'ab'.repeat(32);

it('a link is what people can read', () => {
  const metadata = {
    swarmId: id,
    hash: 'sha256',
    addressing: 'bin32',
    chunkSize: 8_192,
    contentBytes: 70_000,
  } as const;
  const places = { trackers: ['http://192.0.2.1:7846/a?b=c'], peers: ['192.0.2.2:1', '[2001:db8::1]:2'] };
  expect(linkOf(statementOf(metadata, places))).toBe(
    `ppsp:${id}?hash=sha256&addressing=bin32&chunkSize=8192&contentBytes=70000` +
      '&tracker=http://192.0.2.1:7846/a%3Fb%3Dc&peer=192.0.2.2:1&peer=%5B2001:db8::1%5D:2',
  );
});

it.each([
  ['a scheme', `http:${id}`, 'does not begin with ppsp:'],
  ['a swarm ID that is none', 'ppsp:xyz', 'swarmId is "xyz"; write 1 to 64 bytes in hex'],
  ['no swarm ID', 'ppsp:', 'swarmId is ""'],
  ['a swarm ID that is no hash', 'ppsp:abcd', 'swarmId has 4 hex digits; a root hash has 40, 56, 64, 96 or 128'],
  ['a swarm ID that is too long', `ppsp:${'ab'.repeat(65)}?integrity=none`, 'swarmId is "abab'],
  ['another hash', `ppsp:${id}?hash=sha1`, 'hash is sha1, but a swarmId of 64 hex digits is one of sha256'],
  ['an unknown hash', `ppsp:${id}?hash=md5`, 'hash is "md5"; write sha1, sha224, sha256, sha384 or sha512'],
  ['an unknown addressing', `ppsp:${id}?addressing=x`, 'addressing is "x"; write'],
  ['an unknown integrity', `ppsp:${id}?integrity=x`, 'integrity is "x"; write merkle or none'],
  ['a hash of nothing', `ppsp:${id}?integrity=none&hash=sha256`, 'hash is sha256, but integrity is none'],
  ['a chunk size out of range', `ppsp:${id}?chunkSize=511`, 'chunkSize is 511; write a number of bytes from 512'],
  ['a chunk size that is no number', `ppsp:${id}?chunkSize=1k`, 'chunkSize is "1k"; write'],
  ['a negative size', `ppsp:${id}?contentBytes=-1`, 'contentBytes is "-1"; write'],
  ['no bytes of some content', `ppsp:${id}?contentBytes=0`, 'contentBytes is 0, but a swarmId of zeros'],
  ['some bytes of no content', `ppsp:${'00'.repeat(32)}?contentBytes=9`, 'contentBytes is 9, but a swarmId of zeros'],
  ['an unknown member', `ppsp:${id}?colour=red`, '"colour" is no member; there are swarmId, integrity'],
  ['a member twice', `ppsp:${id}?chunkSize=512&chunkSize=512`, 'chunkSize is named twice'],
  ['the name of a list', `ppsp:${id}?peers=a`, '"peers" is no member of a link; write peer='],
  ['a member without a value', `ppsp:${id}?hash`, '"hash" is no NAME=VALUE'],
  ['broken encoding', `ppsp:${id}?peer=%zz`, '"peer=%zz" is no NAME=VALUE'],
  ['a second query', `ppsp:${id}?peer=a?b`, 'second "?"'],
  ['too many peers', `ppsp:${id}?${'peer=a&'.repeat(64)}peer=a`, 'peers is ["a"'],
  ['no end', `ppsp:${id}?peer=${'a'.repeat(65_536)}`, 'longer than 65536 characters'],
])('a link with %s is refused, and the message says what is wrong', (_, link, problem) => {
  expect(readLink(link)).toEqual({ problem: expect.stringContaining(problem) });
});

it.each([
  ['a list', [], 'no JSON object'],
  ['null', null, 'no JSON object'],
  ['nothing in it', {}, 'swarmId is missing'],
  ['a number as text', { swarmId: id, chunkSize: '1024' }, 'chunkSize is "1024"'],
  ['a tracker that is no text', { swarmId: id, trackers: [1] }, 'trackers is [1]; write a list of texts'],
  ['one peer, not a list', { swarmId: id, peers: 'a' }, 'peers is "a"'],
  ['an unknown member', { swarmId: id, size: 1 }, '"size" is no member'],
])('a record that is %s is refused', (_, record, problem) => {
  expect(readRecord(record)).toEqual({ problem: expect.stringContaining(problem) });
});
