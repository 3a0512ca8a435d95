import type { Address } from '@weir/ppspp';
import type { DatagramCounts } from './counts';
import type { DatagramFault } from './faults';

/**
 * A datagram that arrived. `bytes` is the receiver's own: nobody writes to it again. It may share memory with datagrams
 * that came at the same time, `receivedSlabBytes` at most: who keeps a few bytes of it for long should copy them.
 */
export interface Datagram {
  readonly from: Address;
  /**
   * The address it was meant for, as far as known: a native port tells it, for a datagram that was intercepted the
   * foreign one; else it is the socket's, with a wildcard socket the wildcard.
   */
  readonly to: Address;
  readonly bytes: Uint8Array;
  /** Microseconds of the port's clock. */
  readonly arrival: number;
}

/** A datagram to send. The sender must not write to `bytes` again: they may wait in a queue. */
export interface OutgoingDatagram {
  readonly to: Address;
  readonly bytes: Uint8Array;
  /** The address to send from, if not the port's own. A native port alone can choose it; others send from their own. */
  readonly from?: Address | undefined;
}

/** Takes 1 to `receiveBatchMax` datagrams, in the order in which they arrived. */
export type BatchListener = (batch: readonly Datagram[]) => void;

/** Told of each datagram that was not sent, while the port is open. */
export type FaultListener = (fault: DatagramFault) => void;

/** One UDP port, in batches. A port is opened once and closed once. */
export interface DatagramPort {
  /** The address asked for; once open the one it got, which has the port's number where 0 was asked. */
  readonly local: Address;
  /** Rejects with a `DatagramError`. The listeners are never called before it resolves. */
  open(onBatch: BatchListener, onFault: FaultListener): Promise<void>;
  /**
   * Sends what the network takes, never throws. The answer is how many datagrams were taken: fewer than given means
   * that some are lost, each counted and told to the fault listener. A failure may also become known later.
   */
  send(batch: readonly OutgoingDatagram[]): number;
  /** What happened since the last call. */
  takeCounts(): DatagramCounts;
  /** No listener is called after the call; resolves when the address is free again. Again: does nothing. */
  close(): Promise<void>;
}
