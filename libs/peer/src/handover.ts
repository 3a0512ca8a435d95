import type { MessagePort } from 'node:worker_threads';
import type { Address, Micros } from '@weir/ppspp';
import { handoverBytesMax } from './limits';

/** A datagram that reached another thread than the one it belongs to. */
export interface HandedDatagram {
  readonly from: Address;
  readonly origin?: Address | undefined;
  /** Index of the socket that it came in by: each thread has the same ones in the same order. */
  readonly port: number;
  readonly bytes: Uint8Array;
  /** When the other thread took it, by the clock that threads share. */
  readonly arrivedAt: Micros;
}

/** One thread's end of a line to another: how messages go, and how many bytes are on their way in either direction. */
export interface LineEnd {
  /** The thread at the other end. */
  readonly thread: number;
  readonly port: MessagePort;
  readonly outgoing: SharedArrayBuffer;
  readonly incoming: SharedArrayBuffer;
}

/** What a datagram takes beside its bytes. */
const overheadBytes = 512;

/**
 * Hands datagrams on to another thread. Messages queue without bound, so both ends count what is on its way: what goes beyond
 * `handoverBytesMax` is dropped, as a full socket would.
 */
export class HandoverLine {
  readonly thread: number;
  private readonly port: MessagePort;
  private readonly outgoing: Int32Array;

  constructor({ thread, port, outgoing, incoming }: LineEnd, onDatagrams: (handed: readonly HandedDatagram[]) => void) {
    this.thread = thread;
    this.port = port;
    this.outgoing = new Int32Array(outgoing);
    const arrived = new Int32Array(incoming);
    port.on('message', (handed: readonly HandedDatagram[]) => {
      Atomics.sub(arrived, 0, bytesOf(handed));
      onDatagrams(handed);
    });
  }

  /** Hands on what there is room for, in order; the answer is how many that were. */
  send(datagrams: readonly HandedDatagram[]): number {
    let room = handoverBytesMax - Atomics.load(this.outgoing, 0);
    const fitting = datagrams.filter(({ bytes }) => (room -= bytes.length + overheadBytes) >= 0);
    if (fitting.length === 0) return 0;
    // A view would take all the memory along that it shares with others.
    const handed = fitting.map((datagram) => ({ ...datagram, bytes: datagram.bytes.slice() }));
    Atomics.add(this.outgoing, 0, bytesOf(handed));
    this.port.postMessage(handed);
    return handed.length;
  }

  close(): void {
    this.port.close();
  }
}

function bytesOf(handed: readonly HandedDatagram[]): number {
  return handed.reduce((total, { bytes }) => total + bytes.length + overheadBytes, 0);
}
