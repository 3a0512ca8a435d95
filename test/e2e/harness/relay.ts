import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { Address } from '@weir/ppspp';
import { addressOf } from './peers';
import type { Stage } from './stage';

/** What a relay does to the datagrams that come from the peer behind it. */
export interface RelayHabits {
  /** After so many bytes it passes nothing more, until `resume`. */
  readonly passBytes?: number;
  /** What it holds back is content alone: the peer seems to be there, with nothing to give. */
  readonly holdsContent?: boolean;
  /** Of the datagrams that carry content, every so-manieth has a bit of its content turned. */
  readonly liesEvery?: number;
  /** Sees what it passes on. */
  readonly onPass?: (bytes: Buffer) => void;
}

/** The smallest datagram that certainly carries content, where chunks have 1024 bytes: hashes come in smaller ones. */
const contentDatagramBytesMin = 1_024;

/**
 * A way to a peer that looks like the peer itself: what arrives at the relay's address goes on to the peer, from a
 * socket of its own for each caller, and back. Lies, or breaks off, as told.
 */
export class Relay {
  readonly address: string;
  /** Bytes that came from the peer and were passed on. */
  passedBytes = 0;
  /** Datagrams that were falsified. */
  lies = 0;
  private contentDatagrams = 0;
  private passBytes: number;
  private readonly backs = new Map<string, Socket>();

  private constructor(
    private readonly front: Socket,
    private readonly peer: Address,
    private readonly habits: RelayHabits,
  ) {
    this.passBytes = habits.passBytes ?? Infinity;
    const { address, port } = front.address();
    this.address = `${address}:${port}`;
    front.on('message', (bytes, { address: ip, port: from }) => {
      this.backOf({ ip, port: from }).send(bytes, this.peer.port, this.peer.ip);
    });
  }

  /** Opens a relay to a peer, at a port of `ip`. */
  static async start(stage: Stage, ip: string, peer: string, habits: RelayHabits = {}): Promise<Relay> {
    const front = openSocket();
    front.bind(0, ip);
    await once(front, 'listening');
    const relay = new Relay(front, addressOf(peer), habits);
    stage.onEnd(() => relay.close());
    return relay;
  }

  /** Whether it came to the point where it passes nothing more. */
  get isStuck(): boolean {
    return this.passedBytes >= this.passBytes;
  }

  /** Passes on so many bytes more. */
  resume(bytes = Infinity): void {
    this.passBytes += bytes;
  }

  private backOf(caller: Address): Socket {
    const key = `${caller.ip}:${caller.port}`;
    const known = this.backs.get(key);
    if (known !== undefined) return known;
    const back = openSocket();
    this.backs.set(key, back);
    back.on('message', (bytes) => {
      this.pass(bytes, caller);
    });
    return back;
  }

  private pass(bytes: Buffer, { ip, port }: Address): void {
    const { holdsContent = false } = this.habits;
    if (this.isStuck && !(holdsContent && bytes.length <= contentDatagramBytesMin)) return;
    this.passedBytes += bytes.length;
    this.habits.onPass?.(bytes);
    if (bytes.length > contentDatagramBytesMin) this.maybeLie(bytes);
    this.front.send(bytes, port, ip);
  }

  /** DATA takes the rest of its datagram (RFC 7574 section 8.6): its last byte is content. */
  private maybeLie(bytes: Buffer): void {
    const { liesEvery } = this.habits;
    if (liesEvery === undefined || ++this.contentDatagrams % liesEvery !== 0) return;
    const at = bytes.length - 1;
    bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
    this.lies++;
  }

  private close(): void {
    for (const socket of [this.front, ...this.backs.values()]) socket.close();
  }
}

/** Loopback drops what a socket has no room for, and a relay in a busy test process is slow at times. */
function openSocket(): Socket {
  return createSocket({ type: 'udp4', recvBufferSize: 2 ** 22 }).on('error', () => undefined);
}
