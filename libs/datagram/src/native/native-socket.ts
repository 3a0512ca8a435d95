import type { Address } from '@weir/ppspp';
import { isIP } from 'node:net';
import { addressInvalid, hostPort, nativeUnavailable, openingFailed, type OpeningFailure } from '../errors';
import { listenBacklogMax, socketBufferBytes } from '../limits';
import { nativeDatagrams, type NativeAddon, type PassingSocket, type SocketWishes } from './addon';

/**
 * An open socket. It belongs to the process: threads adopt it by its number, one after another, and whoever opened it
 * closes it, once, when no thread has it any more.
 */
export interface NativeSocket {
  readonly fd: number;
  /** Where it is bound; has the port's number where 0 was asked. */
  readonly local: Address;
}

/** The addon that was given, or this process's. Throws `DATAGRAM_NATIVE_UNAVAILABLE` when there is none. */
export function requireAddon(addon?: NativeAddon): NativeAddon {
  if (addon !== undefined) return addon;
  const found = nativeDatagrams();
  if (!found.available) throw nativeUnavailable(found.reason);
  return found.addon;
}

/** Opens a UDP socket that threads can adopt. Throws a `DatagramError`. */
export function openNativeSocket(address: Address, wishes: SocketWishes = {}, addon?: NativeAddon): NativeSocket {
  const native = requireAddon(addon);
  checkAddress(address);
  return opened(native, address, 'listen on UDP', () =>
    native.openUdp({ ...wishes, ...address, bufferBytes: socketBufferBytes }),
  );
}

/**
 * Opens a listening TCP socket, for `server.listen({ fd })`, which closes it with the server. If it is transparent, a
 * connection's `localAddress` and `localPort` are those that its client meant. Throws a `DatagramError`.
 */
export function openNativeListener(address: Address, wishes: SocketWishes = {}, addon?: NativeAddon): NativeSocket {
  const native = requireAddon(addon);
  checkAddress(address);
  return opened(native, address, 'listen on TCP', () =>
    native.openTcp({ ...wishes, ...address, backlog: listenBacklogMax }),
  );
}

/** Whom a TCP socket speaks for, and to whom. */
export interface NativeConnection {
  /** Where it leaves from; with port 0 the system chooses one. */
  readonly from: Address;
  readonly to: Address;
  /** A port that it must not choose: that of another connection between the two. */
  readonly avoidPort?: number;
}

/**
 * Begins to connect a TCP socket, and gives it for `new net.Socket({ fd })`, which closes it. If it is transparent it may leave
 * from any address, also one that is not ours. What is written to it waits until it is connected. That it cannot be shows as an
 * error of the `net.Socket`, after 15 s at the latest; what the kernel knows at once is thrown, as a `DatagramError`.
 */
export function connectNativeSocket(
  { from, to, avoidPort = 0 }: NativeConnection,
  wishes: SocketWishes = {},
  addon?: NativeAddon,
): NativeSocket {
  const native = requireAddon(addon);
  checkAddress(from);
  checkAddress(to);
  return opened(native, from, `connect to TCP ${hostPort(to)} from`, () =>
    native.connectTcp({ ...wishes, ...from, to, avoidPort }),
  );
}

/** Opens a raw socket that passes datagrams on between others, bound to a loopback address. Throws a `DatagramError`. */
export function openPassingSocket(ip: '127.0.0.1' | '::1', mark: number, addon?: NativeAddon): PassingSocket {
  const native = requireAddon(addon);
  const address = { ip, port: 0 } as const;
  return attempt(address, 'pass datagrams on from', () => {
    return new native.PassingSocket({ ...address, mark, transparent: true, bufferBytes: socketBufferBytes });
  });
}

/** Closes a socket that no thread has any more. */
export function closeNativeSocket({ fd }: NativeSocket, addon?: NativeAddon): void {
  requireAddon(addon).closeSocket(fd);
}

function checkAddress(address: Address): void {
  const { ip, port } = address;
  if (isIP(ip) === 0 || !Number.isInteger(port) || port < 0 || port > 65_535) throw addressInvalid(address);
}

function opened(native: NativeAddon, address: Address, task: string, open: () => number): NativeSocket {
  return attempt(address, task, () => {
    const fd = open();
    return { fd, local: native.localAddress(fd) };
  });
}

function attempt<Opened>(address: Address, task: string, open: () => Opened): Opened {
  try {
    return open();
  } catch (error) {
    throw openingFailed(address, asFailure(error), task);
  }
}

/** What the addon throws need not be an `Error` of the realm that catches it: a test has a realm of its own. */
function asFailure(thrown: unknown): OpeningFailure {
  if (typeof thrown !== 'object' || thrown === null) return { message: String(thrown) };
  const code = 'code' in thrown ? String(thrown.code) : undefined;
  return { code, message: 'message' in thrown ? String(thrown.message) : 'the platform told no reason' };
}
