import { getSystemErrorName } from 'node:util';
import type { Address } from '@weir/ppspp';
import { DatagramTally, type DatagramCounts } from '../counts';
import { faultOfCode, type DatagramFaultKind } from '../faults';
import type { NativeAddon, PassingSocket } from './addon';
import { addressWords } from './layout';
import { openPassingSocket, requireAddon } from './native-socket';

/** A datagram between two others. */
export interface PassedDatagram {
  /** Whom it was meant for. */
  readonly to: Address;
  /** Who sent it. */
  readonly from: Address;
  readonly bytes: Uint8Array;
}

/**
 * Sends datagrams on as if they had come from whoever sent them, each with the mark that tells the packet filter what to do
 * with its flow.
 *
 * It takes one socket for each address family, however many flows there are: a flow that is passed costs one system call, so
 * that a flood of them costs no more than its datagrams. Nothing is queued in the process: what the kernel does not take at
 * once is lost, as it would be on a full link. What it has open ends with its thread. Needs CAP_NET_RAW and CAP_NET_ADMIN.
 */
export class PassingPort {
  private readonly addon: NativeAddon;
  private readonly tally = new DatagramTally();
  private readonly words = new Uint32Array(2 * addressWords);
  private sockets: { readonly four: PassingSocket; readonly six: PassingSocket } | undefined;

  constructor(
    private readonly mark: number,
    addon?: NativeAddon,
  ) {
    this.addon = requireAddon(addon);
  }

  /** Throws a `DatagramError` when the process may not. */
  open(): void {
    const four = openPassingSocket('127.0.0.1', this.mark, this.addon);
    try {
      this.sockets = { four, six: openPassingSocket('::1', this.mark, this.addon) };
    } catch (error) {
      four.close();
      throw error;
    }
  }

  /** Sends a datagram on, or tells why not. */
  pass(datagram: PassedDatagram): DatagramFaultKind | undefined {
    const fault = this.send(datagram);
    if (fault === undefined) this.tally.sent(datagram.bytes.length);
    else this.tally.failed(fault);
    return fault;
  }

  takeCounts(): DatagramCounts {
    return this.tally.take();
  }

  close(): void {
    const { sockets } = this;
    this.sockets = undefined;
    if (sockets === undefined) return;
    for (const socket of [sockets.four, sockets.six]) socket.close();
  }

  private send({ to, from, bytes }: PassedDatagram): DatagramFaultKind | undefined {
    const { sockets, words, addon } = this;
    if (sockets === undefined) return 'closed';
    if (!addon.encodeAddress(from.ip, from.port, words, 0)) return 'address-invalid';
    if (!addon.encodeAddress(to.ip, to.port, words, addressWords)) return 'address-invalid';
    const error = (words[0] === 4 ? sockets.four : sockets.six).pass(words, bytes);
    return error === 0 ? undefined : faultOfCode(getSystemErrorName(-error));
  }
}
