import type { Parsed } from '@weir/config';
import { hashFunctions, limits } from '@weir/ppspp';
import { UsageError } from '../errors';
import { namedMax } from '../limits';
import {
  collect,
  parseAddressing,
  parseChunkSize,
  parseContentBytes,
  parseFreeSwarmId,
  parseHash,
  parseIntegrity,
  parsePeer,
  parseSeconds,
  parseTrackerUrl,
  read,
} from './parse';

const { chunkSizeMin, chunkSizeMax } = limits;

const accepted: [(text: string) => Parsed<unknown>, string, unknown][] = [
  [parseChunkSize, '1024', 1024],
  [parseChunkSize, String(chunkSizeMin), chunkSizeMin],
  [parseChunkSize, String(chunkSizeMax), chunkSizeMax],
  ...hashFunctions.map((hash): [typeof parseHash, string, string] => [parseHash, hash, hash]),
  [parseAddressing, 'chunk64', 'chunk64'],
  [parseIntegrity, 'none', 'none'],
  [parseContentBytes, '5368709120', 5368709120],
  [parseFreeSwarmId, 'AB', 'ab'],
  [parseTrackerUrl, 'http://192.0.2.1:7846', 'http://192.0.2.1:7846/'],
  [parsePeer, '[2001:db8::1]:6778', { host: '2001:db8::1', port: 6778 }],
  [parsePeer, 'peer.example:6778', { host: 'peer.example', port: 6778 }],
  [parseSeconds, '0.5', 0.5],
];

it.each(accepted)('%p reads %p', (parse, text, value) => {
  expect(parse(text)).toEqual({ value });
});

const refused: [(text: string) => Parsed<unknown>, string][] = [
  [parseChunkSize, String(chunkSizeMin - 1)],
  [parseChunkSize, String(chunkSizeMax + 1)],
  [parseChunkSize, '1k'],
  [parseChunkSize, '-1'],
  [parseHash, 'md5'],
  [parseIntegrity, 'live'],
  [parseContentBytes, '1k'],
  [parseFreeSwarmId, 'abc'],
  [parseFreeSwarmId, ''],
  [parseAddressing, 'bin16'],
  [parseTrackerUrl, 'ftp://192.0.2.1/'],
  [parseTrackerUrl, '192.0.2.1:7846'],
  [parsePeer, '192.0.2.1'],
  [parsePeer, '192.0.2.1:0'],
  [parsePeer, '192.0.2.1:65536'],
  [parseSeconds, '0'],
  [parseSeconds, '1e9'],
];

it.each(refused)('%p refuses %p and says what to write', (parse, text) => {
  expect(parse(text)).toEqual({ remedy: expect.stringContaining('write') });
});

it('names flag, text and remedy', () => {
  expect(() => read('--hash', 'md5', parseHash)).toThrow(
    new UsageError('--hash "md5": write sha1, sha224, sha256, sha384 or sha512'),
  );
});

it('collects up to a bound', () => {
  expect(collect('--peer', 'b', ['a'])).toEqual(['a', 'b']);
  expect(() => collect('--peer', 'x', Array<string>(namedMax).fill('a'))).toThrow(UsageError);
});
