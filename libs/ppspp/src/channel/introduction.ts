import { limits, type Micros } from '../limits';
import type { SwarmMetadata } from '../swarm/metadata';
import { messageCodes } from '../wire/codes';
import type { HandshakeMessage, HandshakeOptions, Message } from '../wire/message';
import { supportsMessage } from '../wire/supported-messages';
import { answeringOptions, initiatingOptions, judgeAnswer, namesNewOptions } from './handshake';

/** The HANDSHAKEs of one channel, and what the peer's told. RFC 7574 sections 3.1.1 and 8.4. */
export class Introduction {
  /** The peer's ID of the channel. */
  remoteId = 0;
  /** Opening HANDSHAKEs sent. */
  tries = 0;
  private theirs: HandshakeOptions = {};
  private isOpen = true;
  private answeredAt = Number.NEGATIVE_INFINITY;

  /** `id` is our ID of the channel. */
  constructor(private readonly id: number) {}

  /** True for a peer that reads coalesced ACKs. */
  get modern(): boolean {
    return namesNewOptions(this.theirs);
  }

  /** True unless the peer left the message out of those that it accepts. RFC 7574 section 7.10. */
  accepts(type: Message['type']): boolean {
    return type === 'handshake' || supportsMessage(this.theirs.supportedMessages, messageCodes[type]);
  }

  /** True for a peer that accepts every message. */
  get acceptsAll(): boolean {
    return this.isOpen;
  }

  /** Our opening HANDSHAKE; each try changes between the two forms that peers in the field accept. Steps 1 and 5. */
  initiation(metadata: SwarmMetadata): HandshakeMessage {
    this.tries++;
    return this.initiationAgain(metadata);
  }

  /** The last opening HANDSHAKE once more: a peer that still knows the channel gives the answer it gave. */
  initiationAgain(metadata: SwarmMetadata): HandshakeMessage {
    const isFull = this.tries % 2 === 1;
    return { type: 'handshake', channel: this.id, options: initiatingOptions(metadata, isFull) };
  }

  /** Our answer to a HANDSHAKE, or undefined if it was answered a moment ago. Step 2. */
  answer({ channel, options }: HandshakeMessage, metadata: SwarmMetadata, now: Micros): HandshakeMessage | undefined {
    if (now - this.answeredAt < limits.handshakeAnswerInterval) return undefined;
    this.answeredAt = now;
    this.meet(channel, options);
    return { type: 'handshake', channel: this.id, options: answeringOptions(metadata, options) };
  }

  /** Takes the answer to our HANDSHAKE; false if it refuses, or is of another swarm. Steps 3 and 4. */
  accept({ channel, options }: HandshakeMessage, metadata: SwarmMetadata): boolean {
    this.meet(channel, options);
    return channel !== 0 && judgeAnswer(options, metadata) === undefined;
  }
  private meet(remoteId: number, options: HandshakeOptions): void {
    this.remoteId = remoteId;
    this.theirs = options;
    this.isOpen = Object.values(messageCodes).every((code) => supportsMessage(options.supportedMessages, code));
  }
}
