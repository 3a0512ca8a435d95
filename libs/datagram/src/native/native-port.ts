import { getSystemErrorName } from 'node:util';
import { invariant, type Address } from '@weir/ppspp';
import { isIpv6 } from '../address';
import { monotonicMicros } from '../clock';
import { DatagramTally, type DatagramCounts } from '../counts';
import { faultOfCode, type DatagramFaultKind } from '../faults';
import { datagramBytesMax, receiveBatchMax } from '../limits';
import type { BatchListener, Datagram, DatagramPort, FaultListener, OutgoingDatagram } from '../port';
import type { NativeAddon, SocketWishes, UdpSocket } from './addon';
import { Arrivals } from './arrivals';
import { openNativeSocket, requireAddon, type NativeSocket } from './native-socket';
import { OriginSockets } from './origin-sockets';
import { SendQueue, type SendFailure } from './send-queue';

/** How a `NativePort` differs from the usual. */
export interface NativePortOptions extends SocketWishes {
  /** Microseconds for `Datagram.arrival`; the thread's monotonic clock by default. */
  readonly now?: () => number;
  /** Adopts this socket instead of opening one, and leaves it open when the port is closed. */
  readonly socket?: NativeSocket;
  /** The addon, if it is not the one of this process. */
  readonly addon?: NativeAddon;
}

type FreshEntries = readonly (string | number)[] | undefined;

/**
 * A UDP port over the addon of `libs/datagram/native`, on Linux. An IPv6 wildcard address serves IPv4 as well.
 *
 * Receives and sends many datagrams with one system call, equal ones to one destination as one train (UDP_SEGMENT, UDP_GRO).
 * Knows whom each datagram was meant for, and sends from the address that `OutgoingDatagram.from` names: another IP if the
 * machine has it, any IP and port if the port is transparent.
 */
export class NativePort implements DatagramPort {
  private socket: UdpSocket | undefined;
  private queue: SendQueue | undefined;
  private origins: OriginSockets | undefined;
  private arrivals: Arrivals | undefined;
  private opened = false;
  private pending: Datagram[] = [];
  private onBatch: BatchListener = () => undefined;
  private onFault: FaultListener = () => undefined;
  private readonly tally = new DatagramTally();
  private readonly now: () => number;
  private readonly speaks: { readonly ipv4: boolean; readonly ipv6: boolean };

  constructor(
    private address: Address,
    private readonly options: NativePortOptions = {},
  ) {
    this.now = options.now ?? monotonicMicros;
    this.address = options.socket?.local ?? address;
    const { ip } = this.address;
    this.speaks = { ipv4: !isIpv6(ip) || ip === '::', ipv6: isIpv6(ip) };
  }

  get local(): Address {
    return this.address;
  }

  /** Rejects also with `DATAGRAM_NATIVE_UNAVAILABLE`. */
  async open(onBatch: BatchListener, onFault: FaultListener): Promise<void> {
    invariant(!this.opened, 'a port is opened once');
    this.opened = true;
    const addon = requireAddon(this.options.addon);
    const { fd, local } = this.options.socket ?? openNativeSocket(this.address, this.options, addon);
    this.address = local;
    this.onBatch = onBatch;
    this.onFault = onFault;
    this.start(addon, fd);
    await Promise.resolve();
  }

  send(batch: readonly OutgoingDatagram[]): number {
    let taken = 0;
    for (const datagram of batch) {
      const obstacle = this.enqueue(datagram);
      if (obstacle === undefined) taken++;
      else this.fail(obstacle, datagram.to);
    }
    this.queue?.flush();
    return taken;
  }

  /**
   * Drops all that has arrived and was not handed over yet, and tells how many datagrams that were. What arrives while it works
   * may be dropped, too.
   */
  discard(): number {
    const waiting = this.pending.length;
    this.pending = [];
    return waiting + (this.socket?.discard() ?? 0);
  }

  takeCounts(): DatagramCounts {
    return this.tally.take();
  }

  /** The address is free when the call returns. */
  async close(): Promise<void> {
    this.opened = true;
    this.onBatch = () => undefined;
    this.onFault = () => undefined;
    this.pending = [];
    this.socket?.close();
    this.origins?.close();
    this.socket = this.queue = this.origins = undefined;
    await Promise.resolve();
  }

  private start(addon: NativeAddon, fd: number): void {
    const queue = new SendQueue(addon, {
      onSent: (datagrams, bytes) => this.tally.sentMany(datagrams, bytes),
      onFailure: (failure) => this.failAll(failure),
    });
    const { arena, runs, outcome } = queue;
    const shared = { arena, runs, outcome, onWritable: () => this.queue?.unblock() };
    const arrivals = new Arrivals(this.address);
    this.queue = queue;
    this.arrivals = arrivals;
    this.origins = new OriginSockets(addon, this.options, shared);
    this.socket = new addon.UdpSocket({
      ...shared,
      fd,
      owned: this.options.socket === undefined,
      records: arrivals.records,
      onReceived: (count, more, slabs, fresh) => this.receive(count, more, slabs, fresh),
      onErrors: (told) => this.hear(told),
    });
    this.socket.receive();
  }

  private receive(count: number, more: boolean, slabs: readonly Uint8Array[] | undefined, fresh: FreshEntries): void {
    this.arrivals?.take(count, { slabs, fresh }, this.now(), this.keep);
    if (!more) this.flush();
  }

  /** One function for all datagrams, so that none allocates a closure. */
  private readonly keep = (datagram: Datagram): boolean => {
    this.tally.received(datagram.bytes.length);
    this.pending.push(datagram);
    if (this.pending.length >= receiveBatchMax) this.flush();
    return this.socket !== undefined;
  };

  private flush(): void {
    const batch = this.pending;
    this.pending = [];
    if (batch.length > 0) this.onBatch(batch);
  }

  /** What ICMP tells: error number, IP and port of each. */
  private hear(told: readonly (string | number)[]): void {
    for (let at = 0; at + 2 < told.length; at += 3) {
      const kind = faultOfCode(getSystemErrorName(-Number(told[at])));
      this.fail(kind, { ip: String(told[at + 1]), port: Number(told[at + 2]) });
    }
  }

  private enqueue({ to, from, bytes }: OutgoingDatagram): DatagramFaultKind | undefined {
    const { socket, queue } = this;
    if (socket === undefined || queue === undefined) return 'closed';
    const obstacle = this.obstacle(to, bytes.length);
    if (obstacle !== undefined) return obstacle;
    if (from === undefined) return queue.add(socket, to, undefined, bytes);
    if (from.port === this.address.port) return queue.add(socket, to, this.sourceOf(from), bytes);
    const origin = this.originOf(from, queue);
    return typeof origin === 'string' ? origin : queue.add(origin, to, undefined, bytes);
  }

  /** What forbids a send before the platform is asked. */
  private obstacle({ ip, port }: Address, bytes: number): DatagramFaultKind | undefined {
    if (!Number.isInteger(port) || port < 1 || port > 65_535) return 'address-invalid';
    if (isIpv6(ip) ? !this.speaks.ipv6 : !this.speaks.ipv4) return 'unreachable';
    return bytes > datagramBytesMax ? 'too-large' : undefined;
  }

  private sourceOf(from: Address): Address | undefined {
    return from.ip === this.address.ip || from.ip === '::' || from.ip === '0.0.0.0' ? undefined : from;
  }

  private originOf(from: Address, queue: SendQueue): UdpSocket | DatagramFaultKind {
    if (this.options.transparent !== true) return 'denied';
    return this.origins?.socketOf(from, queue.empty) ?? 'closed';
  }

  private failAll({ kind, to, datagrams }: SendFailure): void {
    for (let count = 0; count < datagrams; count++) this.fail(kind, to);
  }

  private fail(kind: DatagramFaultKind, to: Address | undefined): void {
    this.tally.failed(kind);
    this.onFault({ kind, to });
  }
}
