import { addressKey, type Address } from '@weir/ppspp';
import { receiveBatchMax } from '../limits';
import type { Datagram, DatagramPort, OutgoingDatagram } from '../port';
import { EventQueue } from './event-queue';
import { SimulatedLink, type LinkModel } from './link';
import { SimulatedPort } from './port';
import { seededRandom, type Random } from './random';

/** How the network looks. */
export interface SimulatedNetworkOptions {
  readonly seed: number;
  /** The model of every link, each with its own bandwidth, one for each direction between two addresses. */
  readonly link?: Partial<LinkModel>;
  /** Chooses the link for one direction instead; undefined for one of the usual. */
  readonly route?: (from: Address, to: Address) => SimulatedLink | undefined;
}

/** What became of all datagrams sent so far. A copy made on the way counts as delivered too. */
export interface SimulatedNetworkCounts {
  readonly sent: number;
  readonly delivered: number;
  readonly lost: number;
  readonly overflowed: number;
  /** Arrived where nobody listens. */
  readonly unheard: number;
}

interface Delivery {
  readonly due: number;
  readonly from: Address;
  readonly to: Address;
  readonly bytes: Uint8Array;
}

/** The first of the ports that `attach` chooses itself, as IANA's dynamic ports (RFC 6335 section 6). */
const dynamicPortMin = 49_152;

/**
 * A network in virtual time: the simulator asks for `nextEvent` and calls `advance`. The same seed and the same calls
 * give the same run.
 */
export class SimulatedNetwork {
  private readonly random: Random;
  private readonly ports = new Map<string, SimulatedPort>();
  private readonly links = new Map<string, SimulatedLink>();
  private readonly deliveries = new EventQueue<Delivery>();
  private readonly tally = { sent: 0, delivered: 0, lost: 0, overflowed: 0, unheard: 0 };
  private time = 0;
  private nextPort = dynamicPortMin;

  constructor(private readonly options: SimulatedNetworkOptions) {
    this.random = seededRandom(options.seed);
  }

  /** Microseconds of virtual time. */
  get now(): number {
    return this.time;
  }

  get counts(): SimulatedNetworkCounts {
    return { ...this.tally };
  }

  /** A port at an address; it takes the address when it is opened. Port 0 lets the network choose. */
  attach(address: Address): DatagramPort {
    return new SimulatedPort(address, {
      claim: (port) => this.claim(port),
      release: ({ local }) => void this.ports.delete(addressKey(local)),
      carry: (from, datagram) => this.carry(from, datagram),
    });
  }

  /** When the next datagram arrives; undefined while none is under way. */
  nextEvent(): number | undefined {
    return this.deliveries.nextDue;
  }

  /** Moves time to `now` and delivers what is due, in order of time; what is sent meanwhile is sent at its own time. */
  advance(now: number): void {
    for (let due = this.nextEvent(); due !== undefined && due <= now; due = this.nextEvent()) {
      this.time = Math.max(this.time, due);
      this.deliverDue();
    }
    this.time = Math.max(this.time, now);
  }

  /** Everything that is due at this moment, in a batch for each port. */
  private deliverDue(): void {
    const batches = new Map<SimulatedPort, Datagram[]>();
    for (let count = 0; count < receiveBatchMax; count++) {
      const delivery = this.deliveries.takeDue(this.time);
      if (delivery === undefined) break;
      const port = this.ports.get(addressKey(delivery.to));
      if (port === undefined) {
        this.tally.unheard++;
        continue;
      }
      const batch = batches.get(port) ?? [];
      batches.set(port, batch);
      batch.push(this.arrived(delivery));
    }
    for (const [port, batch] of batches) port.deliver(batch);
  }

  private arrived({ from, to, bytes }: Delivery): Datagram {
    this.tally.delivered++;
    return { from, to, bytes, arrival: this.time };
  }

  private carry(from: Address, { to, bytes }: OutgoingDatagram): void {
    this.tally.sent++;
    const passage = this.linkBetween(from, to).pass(bytes.length, this.time, this.random);
    if ('dropped' in passage) {
      if (passage.dropped === 'lost') this.tally.lost++;
      else this.tally.overflowed++;
      return;
    }
    // A copy each: the sender may use its buffer again, and so may every receiver.
    for (const due of passage.arrivals) this.deliveries.add({ due, from, to, bytes: new Uint8Array(bytes) });
  }

  private linkBetween(from: Address, to: Address): SimulatedLink {
    const chosen = this.options.route?.(from, to);
    if (chosen !== undefined) return chosen;
    const key = `${addressKey(from)} ${addressKey(to)}`;
    const link = this.links.get(key) ?? new SimulatedLink(this.options.link);
    this.links.set(key, link);
    return link;
  }

  /** The address that the port gets, or undefined if another has it. */
  private claim(port: SimulatedPort): Address | undefined {
    const { ip } = port.local;
    const address = { ip, port: port.local.port === 0 ? this.nextPort++ : port.local.port };
    const key = addressKey(address);
    if (this.ports.has(key)) return undefined;
    this.ports.set(key, port);
    return address;
  }
}
