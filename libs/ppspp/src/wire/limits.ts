/**
 * Messages taken from one datagram. Protects memory: 64 KiB of one-byte messages would become 65,000 objects. A
 * datagram full of the smallest message with a payload (9 bytes) reaches it beyond 4,600 bytes, three Ethernet frames.
 */
export const messagesPerDatagramMax = 512;

/** Bytes of the bitmap of supported messages: one bit for each of 256 types. RFC 7574 section 7.10. */
export const supportedMessagesBytesMax = 32;
