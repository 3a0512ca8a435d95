// Hot path: one copy for each datagram; addresses are written once for each run.
import { getSystemErrorName } from 'node:util';
import type { Address } from '@weir/ppspp';
import { faultOfCode, type DatagramFaultKind } from '../faults';
import {
  knownAddressesMax,
  runBytesMax,
  runDatagramsMax,
  sendFailuresMax,
  sendQueueBytesMax,
  sendRunsMax,
} from '../limits';
import type { NativeAddon, UdpSocket } from './addon';
import { addressWords, outcome, run } from './layout';

/** Datagrams of one run that were not sent. */
export interface SendFailure {
  readonly kind: DatagramFaultKind;
  readonly to: Address;
  readonly datagrams: number;
}

/** Whom a queue tells. */
export interface SendListener {
  onSent(datagrams: number, bytes: number): void;
  onFailure(failure: SendFailure): void;
}

/** The way of a run: through which socket, to whom, and from which address if not from the socket's own. */
interface Route {
  readonly socket: UdpSocket;
  readonly to: Address;
  readonly from: Address | undefined;
}

/** Room that is worth moving what is left to the front for. */
const compactBytesMin = sendQueueBytesMax / 4;

/**
 * Gathers datagrams behind one another in memory that the addon sees. Neighbours of one length to one destination become a
 * run, which costs the kernel about as much as one datagram. What the kernel does not take at once waits here, within the
 * arena's bounds.
 */
export class SendQueue {
  readonly arena = new Uint8Array(sendQueueBytesMax);
  readonly runs = new Uint32Array(sendRunsMax * run.words);
  readonly outcome = new Uint32Array(outcome.words + sendFailuresMax * outcome.failureWords);
  private readonly encoded = new Map<string, Uint32Array>();
  /** Of each queued run. */
  private routes: Route[] = [];
  /** The first run that is not done with. */
  private head = 0;
  private bytes = 0;
  /** Whether the last run takes further datagrams. */
  private extensible = false;
  private blocked = false;

  constructor(
    private readonly addon: NativeAddon,
    private readonly listener: SendListener,
  ) {}

  /** Whether nothing waits. */
  get empty(): boolean {
    return this.routes.length === 0;
  }

  /** Queues a datagram, or tells why not. Without `from` it leaves from the socket's own address. */
  add(socket: UdpSocket, to: Address, from: Address | undefined, datagram: Uint8Array): DatagramFaultKind | undefined {
    const { length } = datagram;
    if (!this.makeRoom(length)) return 'queue-full';
    const route = { socket, to, from };
    if (!this.extend(route, length) && !this.begin(route, length)) return 'address-invalid';
    this.arena.set(datagram, this.bytes);
    this.bytes += length;
    return undefined;
  }

  /** Hands the kernel what it takes. */
  flush(): void {
    const failures: SendFailure[] = [];
    this.extensible = false;
    while (!this.blocked && this.head < this.routes.length) this.sendNext(failures);
    if (this.head === this.routes.length) this.reset();
    // Last, since a listener may send.
    for (const failure of failures) this.listener.onFailure(failure);
  }

  /** The kernel takes datagrams again. */
  unblock(): void {
    this.blocked = false;
    this.flush();
  }

  /** Forgets what waits. */
  reset(): void {
    this.routes = [];
    this.head = this.bytes = 0;
    this.extensible = this.blocked = false;
  }

  private makeRoom(bytes: number): boolean {
    if (this.fits(bytes)) return true;
    this.flush();
    if (!this.fits(bytes)) this.compact();
    return this.fits(bytes);
  }

  private fits(bytes: number): boolean {
    return this.bytes + bytes <= this.arena.length && this.routes.length < sendRunsMax;
  }

  private extend({ socket, to, from }: Route, length: number): boolean {
    const last = this.routes.at(-1);
    if (!this.extensible || length === 0 || last === undefined) return false;
    if (last.socket !== socket || !isSame(last.to, to) || !isSame(last.from, from)) return false;
    const at = (this.routes.length - 1) * run.words;
    const segment = this.word(at + run.segment);
    const bytes = this.word(at + run.bytes) + length;
    const count = this.word(at + run.count) + 1;
    if (length > segment || bytes > runBytesMax) return false;
    this.runs[at + run.bytes] = bytes;
    this.runs[at + run.count] = count;
    this.extensible = length === segment && count < runDatagramsMax;
    return true;
  }

  private begin(route: Route, length: number): boolean {
    const to = this.encode(route.to);
    const from = route.from === undefined ? noAddress : this.encode(route.from);
    if (to === undefined || from === undefined) return false;
    const at = this.routes.length * run.words;
    this.runs[at + run.offset] = this.bytes;
    this.runs[at + run.bytes] = this.runs[at + run.segment] = length;
    this.runs[at + run.count] = 1;
    this.runs[at + run.singly] = 0;
    this.runs.set(to, at + run.to);
    this.runs.set(from, at + run.from);
    this.routes.push(route);
    this.extensible = length > 0;
    return true;
  }

  private encode({ ip, port }: Address): Uint32Array | undefined {
    const key = `${ip}|${String(port)}`;
    const known = this.encoded.get(key);
    if (known !== undefined) return known;
    const words = new Uint32Array(addressWords);
    if (!this.addon.encodeAddress(ip, port, words, 0)) return undefined;
    if (this.encoded.size >= knownAddressesMax) this.encoded.clear();
    this.encoded.set(key, words);
    return words;
  }

  /** One call of the addon: the runs up to the next that goes through another socket. */
  private sendNext(failures: SendFailure[]): void {
    const socket = this.routes[this.head]?.socket;
    let end = this.head + 1;
    while (end < this.routes.length && this.routes[end]?.socket === socket) end++;
    socket?.send(this.head, end);
    this.collect(failures);
    this.listener.onSent(this.outcome[outcome.datagrams] ?? 0, this.outcome[outcome.bytes] ?? 0);
    this.head += this.outcome[outcome.runs] ?? 0;
    this.blocked = this.outcome[outcome.blocked] === 1;
  }

  private collect(failures: SendFailure[]): void {
    const end = outcome.words + (this.outcome[outcome.failures] ?? 0) * outcome.failureWords;
    for (let at: number = outcome.words; at < end; at += outcome.failureWords) {
      const [index = 0, datagrams = 0, error = 0] = this.outcome.subarray(at, at + outcome.failureWords);
      const to = this.routes[index]?.to;
      if (to !== undefined) failures.push({ kind: faultOfCode(getSystemErrorName(-error)), to, datagrams });
    }
  }

  /** Moves what waits to the front, when that gains enough. */
  private compact(): void {
    const first = this.word(this.head * run.words + run.offset);
    if (first < compactBytesMin && this.head < sendRunsMax / 4) return;
    this.arena.copyWithin(0, first, this.bytes);
    this.bytes -= first;
    this.runs.copyWithin(0, this.head * run.words, this.routes.length * run.words);
    this.routes = this.routes.slice(this.head);
    this.head = 0;
    for (let index = 0; index < this.routes.length; index++) {
      const at = index * run.words + run.offset;
      this.runs[at] = this.word(at) - first;
    }
  }

  private word(at: number): number {
    return this.runs[at] ?? 0;
  }
}

const noAddress = new Uint32Array(addressWords);

function isSame(one: Address | undefined, other: Address | undefined): boolean {
  return one === other || (one?.port === other?.port && one?.ip === other?.ip);
}
