import type { Address } from '@weir/ppspp';
import { isIP } from 'node:net';
import { addressInvalid, nativeUnavailable, openingFailed, type OpeningFailure } from '../errors';
import { listenBacklogMax, socketBufferBytes } from '../limits';
import { nativeDatagrams, type NativeAddon, type SocketWishes } from './addon';

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
  return opened(native, address, 'UDP', () =>
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
  return opened(native, address, 'TCP', () => native.openTcp({ ...wishes, ...address, backlog: listenBacklogMax }));
}

/** Closes a socket that no thread has any more. */
export function closeNativeSocket({ fd }: NativeSocket, addon?: NativeAddon): void {
  requireAddon(addon).closeSocket(fd);
}

function checkAddress(address: Address): void {
  const { ip, port } = address;
  if (isIP(ip) === 0 || !Number.isInteger(port) || port < 0 || port > 65_535) throw addressInvalid(address);
}

function opened(native: NativeAddon, address: Address, protocol: 'UDP' | 'TCP', open: () => number): NativeSocket {
  try {
    const fd = open();
    return { fd, local: native.localAddress(fd) };
  } catch (error) {
    throw openingFailed(address, asFailure(error), protocol);
  }
}

/** What the addon throws need not be an `Error` of the realm that catches it: a test has a realm of its own. */
function asFailure(thrown: unknown): OpeningFailure {
  if (typeof thrown !== 'object' || thrown === null) return { message: String(thrown) };
  const code = 'code' in thrown ? String(thrown.code) : undefined;
  return { code, message: 'message' in thrown ? String(thrown.message) : 'the platform told no reason' };
}
