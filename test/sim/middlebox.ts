import type { BatchListener, DatagramPort } from '@weir/datagram';
import { addressKey, second, type Address, type Flow } from '@weir/ppspp';
import type { Dice } from './dice';
import type { Crossing, Peer } from './peer';
import type { World } from './world';

/** How long the kernel goes on diverting for somebody who shows no sign of life. */
const pulseLife = 2 * second;

/** A way of a subscriber's: the datagrams from one address to another. */
interface Way {
  /** The run that it is diverted to, or what was on it when it was passed. */
  mark: number | Exclude<Flow, 'shared'>;
}

/** How the line between subscribers and the appliance is. */
export interface Line {
  readonly delay: number;
  readonly loss: number;
}

/**
 * What the kernel does in front of an appliance: HANDSHAKEs from inside begin a way that is diverted as long as the appliance
 * that it began with shows that it lives; all else, and what was passed once, goes on.
 */
export class Middlebox implements Crossing {
  /** HANDSHAKEs diverted, and what was passed on by what is on its way. */
  diverted = 0;
  readonly passed: Record<Flow, number> = { shared: 0, content: 0, other: 0 };
  private readonly ways = new Map<string, Way>();
  private readonly subscribers = new Map<string, InsidePort>();
  private appliance: Peer | undefined;
  private run = 0;
  private livesUntil = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly world: World,
    private readonly dice: Dice,
    private readonly line: Line,
  ) {}

  /** An appliance begins, or begins anew: what was diverted to another run is not diverted to this one. */
  begin(appliance: Peer): void {
    this.appliance = appliance;
    this.run++;
    this.livesUntil = Number.POSITIVE_INFINITY;
  }

  /** It died: nobody listens any more. */
  end(): void {
    this.livesUntil = this.world.now;
  }

  /** It stands still; when it goes on, it finds that what it had is with its origins. */
  stop(span: number): void {
    const { appliance } = this;
    if (appliance === undefined || this.livesUntil < this.world.now) return;
    this.livesUntil = this.world.now + pulseLife;
    appliance.freeze(span);
    this.world.after(span, () => {
      if (this.appliance !== appliance || !appliance.alive) return;
      appliance.input({ kind: 'flows-lost' });
      this.begin(appliance);
    });
  }

  /** Stands between a subscriber and the network. */
  behind(port: DatagramPort): DatagramPort {
    const inside = new InsidePort(port, (to, bytes) => this.cross(inside, to, bytes));
    this.subscribers.set(addressKey(port.local), inside);
    return inside;
  }

  pass({ from, origin, bytes }: Parameters<Crossing['pass']>[0], flow: Flow): void {
    if (origin === undefined) return;
    this.passed[flow]++;
    if (flow !== 'shared') this.wayOf(from, origin).mark = flow;
    this.subscribers.get(addressKey(from))?.forward(origin, bytes);
  }

  speak(from: Address, to: Address, bytes: Uint8Array): void {
    const subscriber = this.subscribers.get(addressKey(to));
    this.carry(bytes, (copy) => subscriber?.hear(from, copy, this.world.now));
  }

  private cross(subscriber: InsidePort, to: Address, bytes: Uint8Array): void {
    this.carry(bytes, (copy) => {
      if (this.diverts(subscriber.local, to, copy)) this.divert(subscriber.local, to, copy);
      else subscriber.forward(to, copy);
    });
  }

  private diverts(from: Address, to: Address, bytes: Uint8Array): boolean {
    const isAlive = this.world.now < this.livesUntil;
    const way = this.wayOf(from, to);
    if (typeof way.mark === 'string') return false;
    if (way.mark === this.run) return isAlive;
    if (!isAlive || !looksLikeHandshake(bytes)) return false;
    way.mark = this.run;
    return true;
  }

  /** What comes while it stands still is discarded. */
  private divert(from: Address, origin: Address, bytes: Uint8Array): void {
    const { appliance } = this;
    if (appliance === undefined || this.livesUntil !== Number.POSITIVE_INFINITY) return;
    this.diverted++;
    appliance.input({ kind: 'datagram', from, origin, port: 0, bytes });
  }

  private wayOf(from: Address, to: Address): Way {
    const key = `${addressKey(from)} ${addressKey(to)}`;
    const way = this.ways.get(key) ?? { mark: 0 };
    this.ways.set(key, way);
    return way;
  }

  private carry(bytes: Uint8Array, arrive: (copy: Uint8Array) => void): void {
    if (this.dice.chance(this.line.loss)) return;
    const copy = bytes.slice();
    this.world.after(this.line.delay, () => arrive(copy));
  }
}

/** A subscriber's port, of which all that is sent comes by the middlebox. */
class InsidePort implements DatagramPort {
  private onBatch: BatchListener = () => undefined;

  constructor(
    private readonly port: DatagramPort,
    private readonly cross: (to: Address, bytes: Uint8Array) => void,
  ) {}

  get local(): Address {
    return this.port.local;
  }

  open(...listeners: Parameters<DatagramPort['open']>): Promise<void> {
    [this.onBatch] = listeners;
    return this.port.open(...listeners);
  }

  send(batch: Parameters<DatagramPort['send']>[0]): number {
    for (const { to, bytes } of batch) this.cross(to, bytes);
    return batch.length;
  }

  takeCounts(): ReturnType<DatagramPort['takeCounts']> {
    return this.port.takeCounts();
  }

  close(): Promise<void> {
    this.onBatch = () => undefined;
    return this.port.close();
  }

  /** Goes on to the network. */
  forward(to: Address, bytes: Uint8Array): void {
    this.port.send([{ to, bytes }]);
  }

  /** Somebody sends in another's name. */
  hear(from: Address, bytes: Uint8Array, arrival: number): void {
    this.onBatch([{ from, to: this.local, bytes, arrival }]);
  }
}

/** As the kernel tells it: channel 0, a HANDSHAKE, and behind its channel the version as the first option. */
function looksLikeHandshake(bytes: Uint8Array): boolean {
  return bytes.subarray(0, 5).every((byte) => byte === 0) && bytes[9] === 0 && bytes[10] === 1;
}
