import { messageCodes } from './codes';
import { ownSupportedMessages, supportedMessagesOf, supportsMessage } from './supported-messages';

it('makes the example of RFC 7574 section 7.10: every message but ACKs and PEXs', () => {
  expect(supportedMessagesOf([0, 1, 3, 4, 7, 8, 9, 10, 11])).toEqual(Uint8Array.of(0b11011001, 0b11110000));
});

it('ends with the last byte that is not zero', () => {
  expect(supportedMessagesOf([7])).toEqual(Uint8Array.of(1));
  expect(supportedMessagesOf([8])).toEqual(Uint8Array.of(0, 0x80));
  expect(supportedMessagesOf([255])).toHaveLength(32);
  expect(supportedMessagesOf([])).toHaveLength(0);
});

it('takes a missing bit for a message not supported, and a missing bitmap for all supported', () => {
  const bitmap = supportedMessagesOf([messageCodes.handshake, messageCodes.data]);
  expect(supportsMessage(bitmap, messageCodes.data)).toBe(true);
  expect(supportsMessage(bitmap, messageCodes.ack)).toBe(false);
  expect(supportsMessage(bitmap, messageCodes.choke)).toBe(false);
  expect(supportsMessage(undefined, messageCodes.choke)).toBe(true);
});

it('says that we read every message but SIGNED_INTEGRITY', () => {
  expect(ownSupportedMessages).toEqual(Uint8Array.of(0b11111110, 0b11111100));
});
