import { Socket, type ListenOptions } from 'node:net';
import {
  closeNativeSocket,
  connectNativeSocket,
  openNativeListener,
  type NativeConnection,
  type NativeSocket,
} from '@weir/datagram';
import { normalIp, type Address } from '@weir/ppspp';

/** How connections come to the intercept and leave it. */
export interface Way {
  /** What servers are to listen on. Throws a `DatagramError`. */
  listen(): readonly (ListenOptions & { readonly fd?: number })[];
  /** Whom the client of a connection meant; undefined if it meant this machine. */
  destinationOf(accepted: Socket): Address | undefined;
  /** Begins to connect. Throws a `DatagramError` for what is known at once. */
  connect(connection: NativeConnection): Socket;
}

/**
 * The way through the packet filter: subscribers' connections are diverted to loopback addresses, where nobody else reaches us,
 * and tell whom they were meant for; trackers are called from the subscribers' own addresses.
 */
export function transparentWay({ port, ipv6 }: { readonly port: number; readonly ipv6: boolean }): Way {
  return {
    listen: () => listenOn(ipv6 ? ['127.0.0.1', '::1'] : ['127.0.0.1'], port),
    destinationOf: ({ localAddress, localPort }) => {
      const ip = normalIp(localAddress ?? '');
      return ip === undefined || localPort === undefined || isLoopback(ip) ? undefined : { ip, port: localPort };
    },
    connect: (connection) => {
      const { fd } = connectNativeSocket(connection, { transparent: true });
      return new Socket({ fd, allowHalfOpen: true });
    },
  };
}

/** All of them, or none. */
function listenOn(ips: readonly string[], port: number): NativeSocket[] {
  const sockets: NativeSocket[] = [];
  try {
    for (const ip of ips) sockets.push(openNativeListener({ ip, port }, { transparent: true }));
  } catch (error) {
    for (const socket of sockets) closeNativeSocket(socket);
    throw error;
  }
  return sockets;
}

function isLoopback(ip: string): boolean {
  return ip === '::1' || ip.startsWith('127.');
}
