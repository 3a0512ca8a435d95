import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Address } from '@weir/ppspp';
import { layoutVersion } from './layout';

/** What a socket is to be. Left out, it is none of it. */
export interface SocketWishes {
  /** Takes and sends datagrams of addresses that are not ours (IP_TRANSPARENT). Needs CAP_NET_ADMIN or CAP_NET_RAW. */
  readonly transparent?: boolean;
  /** Shares its port with other sockets that ask for it; the kernel keeps a peer with one of them (SO_REUSEPORT). */
  readonly reusePort?: boolean;
  /**
   * Steers among so many sockets that share the port, 1 to 16, by the upper 4 bits of each datagram's first word, which is the
   * channel ID (SO_ATTACH_REUSEPORT_CBPF). They are a position in the group: sockets have them in the order in which they were
   * bound, from 0; the last takes the place of one that is closed. Channel 0, with which a HANDSHAKE begins (RFC 7574 section
   * 3.1.1), goes to any, by the hash that the receiving device computed, or to position 0 where it computes none; a datagram
   * shorter than 4 bytes, and a number beyond the group, go to position 0. A train that the kernel made of several datagrams of
   * one sender goes where its first belongs. The last socket that asked for it decides for the whole group.
   */
  readonly steerAmong?: number;
  /** Firewall mark of what it sends (SO_MARK). Needs CAP_NET_ADMIN or CAP_NET_RAW. */
  readonly mark?: number;
  /** Differentiated services code point of what it sends, 0 to 63 (RFC 2474 section 3). */
  readonly dscp?: number;
}

/** What the addon makes a UDP socket from. */
export interface UdpWishes extends SocketWishes {
  readonly ip: string;
  readonly port: number;
  /** Lends its address to what is sent, and drops what arrives. */
  readonly sendOnly?: boolean;
  readonly bufferBytes?: number;
}

/** What the addon makes a listening TCP socket from. */
export interface TcpWishes extends SocketWishes {
  readonly ip: string;
  readonly port: number;
  readonly backlog: number;
}

/** What the addon makes a TCP socket from that connects to an address. */
export interface TcpClientWishes extends SocketWishes {
  readonly ip: string;
  readonly port: number;
  readonly to: Address;
  /** A port that the system must not choose. */
  readonly avoidPort: number;
}

/** What the addon makes a raw socket from, through which datagrams of others are passed on. */
export interface PassingWishes extends SocketWishes {
  readonly ip: string;
  readonly port: 0;
  readonly bufferBytes: number;
}

/** A socket on this thread's event loop. `layout.ts` tells what lies in the arrays. */
export interface UdpSocket {
  receive(): void;
  /** Sends the runs from `first` up to `end`. */
  send(first: number, end: number): void;
  /** Drops what waits in the kernel, and tells how many datagrams that were. */
  discard(): number;
  close(): void;
}

/** A raw socket through which datagrams of others are passed on. It is closed at the end of its thread at the latest. */
export interface PassingSocket {
  /** Sends a datagram on; `words` are the addresses it leaves from and goes to. Returns 0 or an error number. */
  pass(words: Uint32Array, bytes: Uint8Array): number;
  close(): void;
}

/** What a `UdpSocket` shares with us, and whom it tells. */
export interface UdpSocketParts {
  readonly fd: number;
  /** Whether the descriptor is closed with the socket. */
  readonly owned: boolean;
  readonly arena: Uint8Array;
  readonly runs: Uint32Array;
  readonly outcome: Uint32Array;
  readonly records?: Uint32Array;
  /** Records were written; `more` follow in this turn. New slabs, and IP and port of new addresses, come in their order. */
  readonly onReceived?: (
    count: number,
    more: boolean,
    slabs: readonly Uint8Array[] | undefined,
    fresh: readonly (string | number)[] | undefined,
  ) => void;
  /** Error number, IP and port of each datagram that an ICMP message speaks of. */
  readonly onErrors?: (told: readonly (string | number)[]) => void;
  /** The kernel takes datagrams again. */
  readonly onWritable: () => void;
}

/** The addon of `libs/datagram/native`. What it throws has the platform's `code`. */
export interface NativeAddon {
  readonly layoutVersion: number;
  /** Bounds that are compiled in; `limits.ts` documents them. */
  readonly limits: Readonly<Record<string, number>>;
  readonly UdpSocket: new (parts: UdpSocketParts) => UdpSocket;
  readonly PassingSocket: new (wishes: PassingWishes) => PassingSocket;
  openUdp(wishes: UdpWishes): number;
  openTcp(wishes: TcpWishes): number;
  connectTcp(wishes: TcpClientWishes): number;
  closeSocket(fd: number): void;
  localAddress(fd: number): Address;
  /** Writes `addressWords` words; false when `ip` is not numeric. */
  encodeAddress(ip: string, port: number, words: Uint32Array, at: number): boolean;
  /** Sends a text to a local datagram socket. Returns 0 or an error number. */
  notifyService(path: string, text: string): number;
}

/** Whether this process has native sockets, and if not, why. */
export type NativeAvailability =
  { readonly available: true; readonly addon: NativeAddon } | { readonly available: false; readonly reason: string };

/** Where the addon is built, below the folder of the package. */
const builtFile = 'libs/datagram/native/build/Release/weir_datagram.node';

const buildCommand = 'npm run native';

let found: NativeAvailability | undefined;

/** The addon, looked for once. Without it there is neither interception nor more than one thread on a port. */
export function nativeDatagrams(): NativeAvailability {
  found ??= loadAddon(addonFile());
  return found;
}

/** Loads an addon file. Whatever is wrong with it is a reason, not an exception. */
export function loadAddon(file: string | undefined): NativeAvailability {
  if (file === undefined)
    return unavailable(`the addon is not built; \`${buildCommand}\` builds it and says what is missing`);
  try {
    const loaded: unknown = createRequire(__filename)(file);
    if (isAddon(loaded) && loaded.layoutVersion === layoutVersion) return { available: true, addon: loaded };
    return unavailable(`the addon is of another version; build it again with \`${buildCommand}\``);
  } catch (error) {
    return unavailable(`the addon cannot be loaded (${String(error)}); build it again with \`${buildCommand}\``);
  }
}

function unavailable(reason: string): NativeAvailability {
  return { available: false, reason };
}

/** Compiled files lie deeper than sources; the addon lies at one place for both. */
function addonFile(): string | undefined {
  for (let folder = __dirname; folder !== dirname(folder); folder = dirname(folder)) {
    const file = join(folder, builtFile);
    if (existsSync(file)) return file;
  }
  return undefined;
}

function isAddon(loaded: unknown): loaded is NativeAddon {
  return typeof loaded === 'object' && loaded !== null && 'UdpSocket' in loaded && 'layoutVersion' in loaded;
}
