import type { Address } from '@weir/ppspp';
import { faultOfCode, type DatagramFaultKind } from '../faults';
import { originSocketsMax } from '../limits';
import type { NativeAddon, SocketWishes, UdpSocket, UdpSocketParts } from './addon';

/** What sending sockets share with the port that they belong to. */
export type SharedParts = Pick<UdpSocketParts, 'arena' | 'runs' | 'outcome' | 'onWritable'>;

/**
 * Sockets bound to addresses that are not ours, through which we answer from there: the kernel lets a socket choose the
 * address of what it sends, not the port. The one unused longest makes room for a new one.
 */
export class OriginSockets {
  private readonly sockets = new Map<string, UdpSocket>();

  constructor(
    private readonly addon: NativeAddon,
    private readonly wishes: SocketWishes,
    private readonly shared: SharedParts,
    private readonly socketsMax = originSocketsMax,
  ) {}

  get size(): number {
    return this.sockets.size;
  }

  /** The socket of an address, or why there is none. `mayClose` tells whether one may go, which nothing waits for. */
  socketOf({ ip, port }: Address, mayClose: boolean): UdpSocket | DatagramFaultKind {
    const key = `${ip}|${String(port)}`;
    const known = this.sockets.get(key);
    if (known !== undefined) this.sockets.delete(key);
    else if (this.sockets.size >= this.socketsMax && !this.closeOldest(mayClose)) return 'queue-full';
    const socket = known ?? this.open(ip, port);
    if (typeof socket !== 'string') this.sockets.set(key, socket);
    return socket;
  }

  close(): void {
    for (const socket of this.sockets.values()) socket.close();
    this.sockets.clear();
  }

  private closeOldest(mayClose: boolean): boolean {
    const [oldest] = this.sockets;
    if (!mayClose || oldest === undefined) return false;
    oldest[1].close();
    return this.sockets.delete(oldest[0]);
  }

  private open(ip: string, port: number): UdpSocket | DatagramFaultKind {
    try {
      const { mark = 0, dscp = 0 } = this.wishes;
      const fd = this.addon.openUdp({ ip, port, mark, dscp, transparent: true, sendOnly: true });
      return new this.addon.UdpSocket({ ...this.shared, fd, owned: true });
    } catch (error) {
      const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : undefined;
      return faultOfCode(code);
    }
  }
}
