import { limits, type Micros } from '../limits';
import type { SwarmMetadata } from '../swarm/metadata';
import type { HandshakeMessage, HandshakeOptions } from '../wire/message';
import { answeringOptions, initiatingOptions, judgeAnswer, namesNewOptions } from './handshake';

/** The HANDSHAKEs of one channel, and what the peer's told. RFC 7574 sections 3.1.1 and 8.4. */
export class Introduction {
  /** The peer's ID of the channel. */
  remoteId = 0;
  /** Opening HANDSHAKEs sent. */
  tries = 0;
  private theirs: HandshakeOptions = {};
  private answeredAt = Number.NEGATIVE_INFINITY;

  /** `id` is our ID of the channel. */
  constructor(private readonly id: number) {}

  /** True for a peer that reads coalesced ACKs. */
  get modern(): boolean {
    return namesNewOptions(this.theirs);
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
    this.remoteId = channel;
    this.theirs = options;
    return { type: 'handshake', channel: this.id, options: answeringOptions(metadata, options) };
  }

  /** Takes the answer to our HANDSHAKE; false if it refuses, or is of another swarm. Steps 3 and 4. */
  accept({ channel, options }: HandshakeMessage, metadata: SwarmMetadata): boolean {
    this.remoteId = channel;
    this.theirs = options;
    return channel !== 0 && judgeAnswer(options, metadata) === undefined;
  }
}
