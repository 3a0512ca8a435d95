import fc from 'fast-check';
import { chunkAddressings } from '../addressing/method';
import { chunkAddressingCodes } from './codes';
import { decodeDatagram, decodeHandshake } from './decode';
import { encodeDatagram } from './encode';
import type { HandshakeOptions } from './message';
import { defaultDialect } from './messages.testing';

function encoded(options: HandshakeOptions): Uint8Array {
  return encodeDatagram(0, [{ type: 'handshake', channel: 5, options }], defaultDialect);
}

/** Bytes of a HANDSHAKE: channel IDs, type, and these options, not ended. */
function raw(options: readonly number[], channel = 5): Uint8Array {
  return Uint8Array.from([0, 0, 0, 0, 0, 0, 0, 0, channel, ...options]);
}

describe('the live discard window, RFC 7574 section 7.9', () => {
  it.each([
    { addressing: 'chunk32', bytes: 4 },
    { addressing: 'bin32', bytes: 4 },
    { addressing: 'chunk64', bytes: 8 },
    { addressing: 'bin64', bytes: 8 },
    { addressing: 'byte64', bytes: 8 },
  ] as const)('is as wide as one value of $addressing: $bytes bytes', ({ addressing, bytes }) => {
    const chunkAddressing = chunkAddressingCodes[addressing];
    const forever = 2n ** BigInt(8 * bytes) - 1n;
    const without = encoded({ chunkAddressing });
    const options = { chunkAddressing, liveDiscardWindow: forever };
    expect(encoded(options).length - without.length).toBe(1 + bytes);
    expect(decodeHandshake(encoded(options))).toMatchObject({ handshake: { options } });
  });

  it('has a width for each addressing', () => {
    for (const addressing of chunkAddressings) {
      const options = { chunkAddressing: chunkAddressingCodes[addressing], liveDiscardWindow: 1n };
      expect(decodeHandshake(encoded(options))).toMatchObject({ handshake: { options } });
    }
  });
});

it('skips every option that nobody assigned as a code and a byte, RFC 7574 section 7', () => {
  const unassigned = fc.uniqueArray(fc.integer({ min: 10, max: 254 }), { maxLength: 245 });
  fc.assert(
    fc.property(unassigned, fc.nat(255), (codes, value) => {
      const ascending = codes.sort((one, other) => one - other).flatMap((code) => [code, value]);
      const decoded = decodeDatagram(raw([0, 1, ...ascending, 255, 10]), defaultDialect);
      const handshake = { type: 'handshake', channel: 5, options: { version: 1 } };
      expect(decoded).toEqual({ channel: 0, messages: [handshake, { type: 'choke' }] });
    }),
  );
});

describe('a closing HANDSHAKE, RFC 7574 section 8.4', () => {
  it.each([
    ['its version', [0, 1, 255], { version: 1 }],
    ['no option', [255], {}],
    ['not even their end', [], {}],
  ])('may have %s', (_, bytes, options) => {
    expect(decodeHandshake(raw(bytes, 0))).toEqual({ handshake: { type: 'handshake', channel: 0, options } });
  });

  it('that begins a list must end it, as any other must', () => {
    expect(decodeHandshake(raw([0, 1], 0))).toEqual({ fault: 'options-unterminated' });
    expect(decodeHandshake(raw([], 5))).toEqual({ fault: 'options-unterminated' });
  });
});
