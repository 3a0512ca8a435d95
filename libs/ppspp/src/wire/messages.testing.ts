import fc from 'fast-check';
import { chunkAddressings, chunkMax } from '../addressing/method';
import { chunkAddressingCodes, chunkSizeGuess } from './codes';
import type { Dialect, HandshakeOptions, Message } from './message';

/** The dialect of the examples in RFC 7574, with the chunk size still unproven. */
export const defaultDialect: Dialect = { addressing: 'chunk32', hashBytes: 32, chunkSize: undefined };

/** Every width that a dialect can choose. */
export const anyDialect: fc.Arbitrary<Dialect> = fc.record({
  addressing: fc.constantFrom(...chunkAddressings),
  hashBytes: fc.constantFrom(20, 32),
  chunkSize: fc.constantFrom(undefined, 1, 16, 1024),
});

/** Any message but HANDSHAKE and DATA, which have their place in a datagram. */
export function anySmallMessage(dialect: Dialect): fc.Arbitrary<Message> {
  const range = anyRange(dialect);
  return fc.oneof<fc.Arbitrary<Message>[]>(
    fc.record({ type: fc.constant('ack'), range, delay: anyU64 }),
    fc.record({ type: fc.constantFrom('have', 'request', 'cancel'), range }),
    fc.record({ type: fc.constant('integrity'), range: anyNodeRange(dialect), hash: bytesOf(dialect.hashBytes) }),
    fc.record({ type: fc.constantFrom('choke', 'unchoke', 'pex-request') }),
    fc.record({ type: fc.constant('pex-response-v4'), ip: bytesOf(4), port: anyPort }),
    fc.record({ type: fc.constant('pex-response-v6'), ip: bytesOf(16), port: anyPort }),
    fc.record({ type: fc.constant('pex-certificate'), certificate: fc.uint8Array({ maxLength: 300 }) }),
  );
}

/** A DATA message with at least one byte and no more than its one chunk has. */
export function anyData(dialect: Dialect): fc.Arbitrary<Message> {
  return fc.record({
    type: fc.constant('data'),
    range: anyChunk(dialect).map((chunk) => ({ first: chunk, last: chunk })),
    timestamp: anyU64,
    bytes: fc.uint8Array({ minLength: 1, maxLength: Math.min(dialect.chunkSize ?? 64, 64) }),
  });
}

/** A HANDSHAKE with any set of options that can stand together; one that closes may leave out even their end. */
export const anyHandshake: fc.Arbitrary<Message> = fc.record({
  type: fc.constant('handshake'),
  channel: fc.integer({ min: 1, max: chunk32Max() }),
  options: fc.oneof(anyOptions(32), anyOptions(64)),
});

/** Messages in an order that a datagram can have: HANDSHAKE first, DATA last. */
export function anyMessages(dialect: Dialect): fc.Arbitrary<Message[]> {
  return fc
    .tuple(
      fc.array(anyHandshake, { maxLength: 1 }),
      fc.array(anySmallMessage(dialect), { maxLength: 20 }),
      fc.array(anyData(dialect), { maxLength: 1 }),
    )
    .map((parts) => parts.flat());
}

const anyU64 = fc.bigInt(0n, 2n ** 64n - 1n);
const anyPort = fc.nat(65_535);

function anyOptions(bits: 32 | 64): fc.Arbitrary<HandshakeOptions> {
  const byte = fc.nat(255);
  return fc.record(
    {
      version: byte,
      minimumVersion: byte,
      swarmId: fc.uint8Array({ minLength: 1, maxLength: 70 }),
      integrityMethod: byte,
      hashFunction: byte,
      liveSignatureAlgorithm: byte,
      chunkAddressing: fc.constant(bits === 32 ? chunkAddressingCodes.chunk32 : chunkAddressingCodes.chunk64),
      liveDiscardWindow: fc.bigInt(0n, 2n ** BigInt(bits) - 1n),
      supportedMessages: fc.uint8Array({ maxLength: 32 }),
      chunkSize: fc.integer({ min: 1, max: chunk32Max() }),
    },
    { requiredKeys: ['chunkAddressing'] },
  );
}

function anyChunk(dialect: Dialect): fc.Arbitrary<number> {
  return fc.oneof(fc.nat(100), fc.nat(lastChunk(dialect)));
}

function lastChunk({ addressing, chunkSize = chunkSizeGuess }: Dialect): number {
  return chunkMax(addressing, chunkSize);
}

/** What one message can name: of bins, a node. */
function anyRange(dialect: Dialect) {
  if (dialect.addressing === 'bin32' || dialect.addressing === 'bin64') return anyNodeRange(dialect);
  return fc.tuple(anyChunk(dialect), anyChunk(dialect)).map(([left, right]) => ({
    first: Math.min(left, right),
    last: Math.max(left, right),
  }));
}

function anyNodeRange(dialect: Dialect) {
  const heightMax = Math.floor(Math.log2(lastChunk(dialect)));
  return fc.tuple(anyChunk(dialect), fc.nat(heightMax)).map(([chunk, height]) => {
    const first = chunk - (chunk % 2 ** height);
    return { first, last: first + 2 ** height - 1 };
  });
}

function bytesOf(length: number): fc.Arbitrary<Uint8Array> {
  return fc.uint8Array({ minLength: length, maxLength: length });
}

function chunk32Max(): number {
  return 2 ** 32 - 1;
}
