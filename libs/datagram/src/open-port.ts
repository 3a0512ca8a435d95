import type { Address } from '@weir/ppspp';
import { DgramPort } from './dgram-port';
import { nativeDatagrams } from './native/addon';
import { NativePort, type NativePortOptions } from './native/native-port';
import { requireAddon } from './native/native-socket';
import type { DatagramPort } from './port';

/** Which implementation carries the datagrams: `auto` is the native one where it is available, else node:dgram. */
export const portKinds = ['auto', 'native', 'node'] as const;

/** One of `portKinds`. */
export type PortKind = (typeof portKinds)[number];

/** A port that is not open yet. Throws `DATAGRAM_NATIVE_UNAVAILABLE` when a native one is demanded and there is none. */
export function createPort(address: Address, kind: PortKind, options: NativePortOptions = {}): DatagramPort {
  const { now } = options;
  if (kind === 'native') return new NativePort(address, { ...options, addon: requireAddon(options.addon) });
  if (kind === 'auto' && nativeDatagrams().available) return new NativePort(address, options);
  return new DgramPort(address, now === undefined ? {} : { now });
}
