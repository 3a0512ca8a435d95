import {
  closeNativeSocket,
  DatagramError,
  nativeDatagrams,
  openNativeSocket,
  type NativeSocket,
  type PortKind,
  type SocketWishes,
} from '@weir/datagram';
import type { Address } from '@weir/ppspp';

/** What sockets to open. */
export interface SocketPlan {
  readonly listen: readonly Address[];
  readonly port?: PortKind | undefined;
  readonly threads: number;
  /** Differentiated services code point of what is sent. */
  readonly dscp?: number | undefined;
  /** Left out, nothing is intercepted. */
  readonly intercept?: { readonly udpPort: number } | undefined;
}

/** What one thread adopts. */
export interface ThreadSockets {
  /** At the addresses that peers know, in their order. */
  readonly service: readonly NativeSocket[];
  /** Transparent ones, which the packet filter diverts to. */
  readonly intercepting: readonly NativeSocket[];
}

/** Where a thread's intercepted datagrams arrive: nobody but the packet filter of this machine can send there. */
const interceptIps = ['127.0.0.1', '::1'];

/**
 * The UDP sockets of all datapath threads. They belong to the process, so that a thread that takes the place of another goes
 * on with its sockets, and none joins or leaves those that share a port, among which the kernel tells by position.
 */
export class Sockets {
  private readonly opened: NativeSocket[] = [];
  readonly threads: readonly ThreadSockets[];

  /** Throws the `DatagramError` of the first that cannot be opened, and then leaves none open. */
  constructor(private readonly plan: SocketPlan) {
    try {
      this.threads = this.open();
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Where they listen. */
  get addresses(): readonly Address[] {
    return this.threads[0]?.service.map(({ local }) => local) ?? [];
  }

  /** Call when no thread has them any more. */
  close(): void {
    for (const socket of this.opened.splice(0)) closeNativeSocket(socket);
  }

  private open(): ThreadSockets[] {
    const groups = this.plan.listen.map((address) => this.group(address));
    return Array.from({ length: this.plan.threads }, (_, thread) => ({
      service: groups.flatMap((group) => group[thread] ?? []),
      intercepting: this.plan.intercept === undefined ? [] : this.intercepting(this.plan.intercept.udpPort + thread),
    }));
  }

  /** One socket for each thread, at one address. */
  private group(address: Address): NativeSocket[] {
    const { threads, dscp = 0 } = this.plan;
    if (threads === 1) return [this.add(address, { dscp })];
    const local = freeAddress(address);
    const wishes = { dscp, reusePort: true, steerAmong: threads };
    return Array.from({ length: threads }, () => this.add(local, wishes));
  }

  private intercepting(port: number): NativeSocket[] {
    const { dscp = 0 } = this.plan;
    return interceptIps.flatMap((ip) => this.addIfSpoken({ ip, port }, { dscp, transparent: true }) ?? []);
  }

  /** Undefined where the machine does not speak the address family: then nothing of it can be diverted either. */
  private addIfSpoken(address: Address, wishes: SocketWishes): NativeSocket | undefined {
    try {
      return this.add(address, wishes);
    } catch (error) {
      if (error instanceof DatagramError && error.code === 'DATAGRAM_ADDRESS_NOT_LOCAL') return undefined;
      throw error;
    }
  }

  private add(address: Address, wishes: SocketWishes): NativeSocket {
    const socket = openNativeSocket(address, wishes);
    this.opened.push(socket);
    return socket;
  }
}

/** Whether the threads' sockets can be opened apart from them; else each thread opens its own. */
export function hasNativeSockets(port: PortKind = 'auto'): boolean {
  return port === 'native' || (port === 'auto' && nativeDatagrams().available);
}

/**
 * The address with its port's number. Sockets that share a port would share it with those of another process of the same user,
 * and both get half of what arrives: one that does not share finds that out.
 */
function freeAddress(address: Address): Address {
  const alone = openNativeSocket(address);
  closeNativeSocket(alone);
  return alone.local;
}
