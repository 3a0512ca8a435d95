import { createPort, NativePort, type DatagramPort } from '@weir/datagram';
import type { DatapathTask } from './datapath-messages';

/** The sockets of one datapath thread. */
export interface ThreadPorts {
  /** At the addresses that peers know. */
  readonly service: readonly DatagramPort[];
  /** Those that the packet filter diverts to. */
  readonly intercepting: readonly NativePort[];
}

/** Adopts what the control thread opened, or makes ports that open their own sockets. They are not open yet. */
export function threadPorts({ listen, port = 'auto', dscp = 0, sockets }: DatapathTask): ThreadPorts {
  if (sockets === undefined)
    return { service: listen.map((address) => createPort(address, port, { dscp })), intercepting: [] };
  return {
    service: sockets.service.map((socket) => new NativePort(socket.local, { socket, dscp })),
    intercepting: sockets.intercepting.map(
      (socket) => new NativePort(socket.local, { socket, dscp, transparent: true }),
    ),
  };
}
