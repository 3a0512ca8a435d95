import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { encodeDatagram, initiatingOptions, type SwarmMetadata } from '@weir/ppspp';
import { addressOf } from './peers';
import type { Stage } from './stage';

/** Somebody who says HANDSHAKE and nothing more. RFC 7574 section 3.1.1. */
export class Caller {
  /** Datagrams that came back, whatever they say. */
  answers = 0;
  private channel = 1;

  private constructor(private readonly socket: Socket) {
    socket.on('message', () => this.answers++);
  }

  static async at(stage: Stage, ip: string): Promise<Caller> {
    const socket = createSocket('udp4');
    socket.bind(0, ip);
    await once(socket, 'listening');
    stage.onEnd(() => {
      socket.close();
    });
    return new Caller(socket);
  }

  /** Asks for a new channel in a swarm. */
  call(peer: string, metadata: SwarmMetadata): void {
    const { ip, port } = addressOf(peer);
    const dialect = { addressing: metadata.addressing, hashBytes: metadata.swarmId.length / 2, chunkSize: undefined };
    const handshake = {
      type: 'handshake',
      channel: this.channel++,
      options: initiatingOptions(metadata, true),
    } as const;
    this.socket.send(encodeDatagram(0, [handshake], dialect), port, ip);
  }
}
