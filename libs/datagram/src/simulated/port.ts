import { invariant, type Address } from '@weir/ppspp';
import { isIpv6, normalisedIp } from '../address';
import { DatagramTally, type DatagramCounts } from '../counts';
import { openingFailed, type OpeningFailure } from '../errors';
import type { DatagramFaultKind } from '../faults';
import { datagramBytesMax } from '../limits';
import type { BatchListener, Datagram, DatagramPort, FaultListener, OutgoingDatagram } from '../port';

/** What a port needs of its network. */
export interface SimulatedPlace {
  /** The address that the port gets, or undefined if another has it. */
  claim(port: SimulatedPort): Address | undefined;
  release(port: SimulatedPort): void;
  carry(from: Address, datagram: OutgoingDatagram): void;
}

const addressInUse: OpeningFailure = { code: 'EADDRINUSE', message: 'address in use' };

/** A port of a `SimulatedNetwork`. */
export class SimulatedPort implements DatagramPort {
  private state: 'new' | 'open' | 'closed' = 'new';
  private onBatch: BatchListener = () => undefined;
  private onFault: FaultListener = () => undefined;
  private readonly tally = new DatagramTally();

  constructor(
    private address: Address,
    private readonly place: SimulatedPlace,
  ) {}

  get local(): Address {
    return this.address;
  }

  open(onBatch: BatchListener, onFault: FaultListener): Promise<void> {
    invariant(this.state === 'new', 'a port is opened once');
    const address = this.place.claim(this);
    if (address === undefined) return Promise.reject(openingFailed(this.address, addressInUse));
    this.state = 'open';
    this.address = address;
    this.onBatch = onBatch;
    this.onFault = onFault;
    return Promise.resolve();
  }

  send(batch: readonly OutgoingDatagram[]): number {
    let taken = 0;
    for (const { to, bytes } of batch) {
      const obstacle = this.obstacle(to, bytes.length);
      if (obstacle !== undefined) this.fail(obstacle, to);
      else {
        this.tally.sent(bytes.length);
        this.place.carry(this.address, { to: { ip: normalisedIp(to.ip), port: to.port }, bytes });
        taken++;
      }
    }
    return taken;
  }

  /** Hands over what arrived; nothing after the port was closed. */
  deliver(batch: readonly Datagram[]): void {
    if (this.state !== 'open') return;
    for (const { bytes } of batch) this.tally.received(bytes.length);
    this.onBatch(batch);
  }

  takeCounts(): DatagramCounts {
    return this.tally.take();
  }

  close(): Promise<void> {
    if (this.state === 'open') this.place.release(this);
    this.state = 'closed';
    return Promise.resolve();
  }

  private obstacle({ ip, port }: Address, bytes: number): DatagramFaultKind | undefined {
    if (this.state !== 'open') return 'closed';
    if (port < 1 || port > 65_535) return 'address-invalid';
    if (isIpv6(ip) && !isIpv6(this.address.ip)) return 'unreachable';
    return bytes > datagramBytesMax ? 'too-large' : undefined;
  }

  private fail(kind: DatagramFaultKind, to: Address): void {
    this.tally.failed(kind);
    if (this.state === 'open') this.onFault({ kind, to });
  }
}
