import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { isIP } from 'node:net';
import { invariant, type Address } from '@weir/ppspp';
import { dualStackIp, isIpv6, normalisedIp } from './address';
import { monotonicMicros } from './clock';
import { DatagramTally, type DatagramCounts } from './counts';
import { addressInvalid, openingFailed } from './errors';
import { faultOfCode, type DatagramFaultKind } from './faults';
import { receiveBatchMax, sendQueueBytesMax, socketBufferBytes } from './limits';
import type { BatchListener, Datagram, DatagramPort, FaultListener, OutgoingDatagram } from './port';

/** How a `DgramPort` differs from the usual. */
export interface DgramPortOptions {
  /** Microseconds for `Datagram.arrival`; the thread's monotonic clock by default. */
  readonly now?: () => number;
}

type Lookup = (ip: string, options: unknown, done: (error: null, ip: string, family: number) => void) => void;

/** What the platform adds to the error of a failed send. */
interface SendError extends NodeJS.ErrnoException {
  readonly address?: string;
  readonly port?: number;
}

/**
 * A UDP port over node:dgram. An IPv6 wildcard address serves IPv4 as well.
 *
 * Every datagram costs a system call each way: portable, and about fifty times the cost of segmentation offload.
 */
export class DgramPort implements DatagramPort {
  private socket: Socket | undefined;
  private opened = false;
  private pending: Datagram[] = [];
  private flushing: NodeJS.Immediate | undefined;
  private onBatch: BatchListener = () => undefined;
  private onFault: FaultListener = () => undefined;
  private readonly tally = new DatagramTally();
  private readonly now: () => number;
  private readonly ipv6: boolean;

  constructor(
    private address: Address,
    { now = monotonicMicros }: DgramPortOptions = {},
  ) {
    this.now = now;
    this.ipv6 = isIpv6(address.ip);
  }

  get local(): Address {
    return this.address;
  }

  async open(onBatch: BatchListener, onFault: FaultListener): Promise<void> {
    invariant(!this.opened, 'a port is opened once');
    this.opened = true;
    const { ip, port } = this.address;
    if (isIP(ip) === 0 || !Number.isInteger(port) || port < 0 || port > 65_535) throw addressInvalid(this.address);
    const socket = createSocket({
      type: this.ipv6 ? 'udp6' : 'udp4',
      lookup: this.ipv6 ? dualStackLookup : numericLookup,
    });
    this.socket = socket;
    await this.bind(socket);
    this.onBatch = onBatch;
    this.onFault = onFault;
    this.address = { ip: normalisedIp(socket.address().address), port: socket.address().port };
    enlargeBuffers(socket);
    socket.on('message', (bytes, from) => this.receive(bytes, from));
    socket.on('error', (error: NodeJS.ErrnoException) => this.fail(faultOfCode(error.code), undefined));
  }

  send(batch: readonly OutgoingDatagram[]): number {
    let taken = 0;
    for (const { to, bytes } of batch) {
      const obstacle = this.obstacle(to);
      if (obstacle !== undefined) this.fail(obstacle, to);
      else {
        this.socket?.send(bytes, to.port, to.ip, this.afterSend);
        taken++;
      }
    }
    return taken;
  }

  takeCounts(): DatagramCounts {
    return this.tally.take();
  }

  async close(): Promise<void> {
    const socket = this.socket;
    this.opened = true;
    this.socket = undefined;
    this.onBatch = () => undefined;
    this.onFault = () => undefined;
    this.pending = [];
    if (this.flushing !== undefined) clearImmediate(this.flushing);
    if (socket !== undefined) await closed(socket);
  }

  private async bind(socket: Socket): Promise<void> {
    const { ip, port } = this.address;
    await new Promise<void>((resolve, reject) => {
      const refuse = (error: NodeJS.ErrnoException): void => {
        this.socket = undefined;
        socket.close();
        reject(openingFailed(this.address, error));
      };
      socket.once('error', refuse);
      socket.bind(port, ip, () => {
        socket.off('error', refuse);
        resolve();
      });
    });
  }

  private receive(bytes: Uint8Array, { address, port }: RemoteInfo): void {
    this.tally.received(bytes.length);
    this.pending.push({ from: { ip: normalisedIp(address), port }, to: this.address, bytes, arrival: this.now() });
    if (this.pending.length >= receiveBatchMax) this.flush();
    else this.flushing ??= setImmediate(() => this.flush());
  }

  /** One batch for each turn of the event loop: what the kernel had for us is handled together. */
  private flush(): void {
    if (this.flushing !== undefined) clearImmediate(this.flushing);
    this.flushing = undefined;
    const batch = this.pending;
    this.pending = [];
    if (batch.length > 0) this.onBatch(batch);
  }

  /** What forbids a send before the platform is asked, which would throw or queue without bound. */
  private obstacle({ ip, port }: Address): DatagramFaultKind | undefined {
    if (this.socket === undefined) return 'closed';
    if (!Number.isInteger(port) || port < 1 || port > 65_535) return 'address-invalid';
    if (!this.ipv6 && isIpv6(ip)) return 'unreachable';
    return this.socket.getSendQueueSize() >= sendQueueBytesMax ? 'queue-full' : undefined;
  }

  /** One function for all sends, so that none allocates a closure. */
  private readonly afterSend = (error: SendError | null, bytes: number): void => {
    if (error === null) {
      this.tally.sent(bytes);
      return;
    }
    const { address, port } = error;
    this.fail(faultOfCode(error.code), address === undefined || port === undefined ? undefined : { ip: address, port });
  };

  private fail(kind: DatagramFaultKind, to: Address | undefined): void {
    this.tally.failed(kind);
    this.onFault({ kind, to });
  }
}

/** Addresses are numeric: the platform's own resolver would cost a turn of its thread pool for each datagram. */
const numericLookup: Lookup = (ip, _options, done) => done(null, ip, 4);

const dualStackLookup: Lookup = (ip, _options, done) => done(null, dualStackIp(ip), 6);

/** Best effort: the kernel may give less, and some platforms refuse altogether. */
function enlargeBuffers(socket: Socket): void {
  try {
    socket.setRecvBufferSize(socketBufferBytes);
    socket.setSendBufferSize(socketBufferBytes);
  } catch {
    // The default size works too, only with more loss under bursts.
  }
}

async function closed(socket: Socket): Promise<void> {
  await new Promise<void>((resolve) => {
    socket.close(() => resolve());
  });
}
