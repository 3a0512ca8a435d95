import { DatagramWriter } from '../wire/encode';
import { expand } from '../wire/expansion';
import type { Dialect, Message } from '../wire/message';
import { limits } from '../limits';

/** Puts messages into datagrams. One for each endpoint: its buffers are used again and again. */
export class Envelope {
  private readonly writer = new DatagramWriter(limits.datagramBytes);
  private readonly wide = new DatagramWriter(limits.datagramBytesMax);

  /**
   * As few datagrams as keep the messages' order, each within one packet; a message that is too large for a packet
   * travels alone, in a datagram that the network fragments; and what its dialect cannot say in one message becomes several.
   * RFC 7574 sections 4.2, 5.3 and 8.1.
   */
  pack(channel: number, messages: readonly Message[], dialect: Dialect): Uint8Array[] {
    const datagrams: Uint8Array[] = [];
    const { writer, wide } = this;
    writer.begin(channel);
    for (const message of expand(messages, dialect)) {
      if (writer.add(message, dialect)) continue;
      if (writer.messageCount > 0) datagrams.push(writer.finish());
      writer.begin(channel);
      if (writer.add(message, dialect)) continue;
      wide.begin(channel);
      if (wide.add(message, dialect)) datagrams.push(wide.finish());
    }
    if (writer.messageCount > 0) datagrams.push(writer.finish());
    return datagrams;
  }

  /** A datagram without messages. RFC 7574 section 8.14. */
  keepAlive(channel: number): Uint8Array {
    this.writer.begin(channel);
    return this.writer.finish();
  }
}
