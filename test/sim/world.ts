import { SimulatedNetwork, type LinkModel, type SimulatedNetworkOptions } from '@weir/datagram';
import { CacheError, type Address, type Extent, type Notice, type SwarmId } from '@weir/ppspp';
import type { Published } from './content';
import { Peer, type PeerOptions, type Surroundings } from './peer';
import { Truth } from './truth';

interface Later {
  readonly at: number;
  readonly order: number;
  readonly act: () => void;
}

/** Turns within ten microseconds of one another after which somebody asks for the same turn again and again. */
const stuckMax = 10_000;

/** The simulated peers keep one another busy without time passing. */
class StuckError extends CacheError<'WORLD_STUCK'> {}

/** How a world looks. */
export interface WorldOptions {
  readonly seed: number;
  readonly link?: Partial<LinkModel>;
  readonly route?: SimulatedNetworkOptions['route'];
}

/** Peers on a simulated network, in virtual time: a seed replays a run exactly. */
export class World implements Surroundings {
  readonly network: SimulatedNetwork;
  readonly peers: Peer[] = [];
  readonly truth = new Truth();
  /** Called with every extent that a peer is about to store. */
  onWrite: (peer: Peer, swarmId: SwarmId, extent: Extent) => void = () => undefined;
  /** Called after each moment at which something happened. */
  onStep: () => void = () => undefined;
  onNotice: (peer: Peer, notice: Notice) => void = () => undefined;
  now = 1_000_000;
  private later: Later[] = [];
  private order = 0;

  constructor(readonly options: WorldOptions) {
    this.network = new SimulatedNetwork({
      seed: options.seed,
      ...(options.link === undefined ? {} : { link: options.link }),
      ...(options.route === undefined ? {} : { route: options.route }),
    });
    this.network.advance(this.now);
  }

  /** A new peer; at the address of one that was killed, its next run. */
  async peer(ip: string, options: PeerOptions = {}): Promise<Peer> {
    const { peer, started } = this.arrive(ip, options);
    await started;
    return peer;
  }

  /** As `peer`, in the midst of a run: it hears from now on, though that is promised only for later. */
  arrive(ip: string, options: PeerOptions = {}): { readonly peer: Peer; readonly started: Promise<void> } {
    const address: Address = { ip, port: 6778 };
    const seed = this.options.seed * 1_000 + this.peers.length;
    const attached = this.network.attach(address);
    const port = options.behind?.(attached) ?? attached;
    const peer = new Peer({ world: this, port, address, options, seed });
    this.peers.push(peer);
    return { peer, started: peer.start() };
  }

  after(delay: number, act: () => void): void {
    this.later.push({ at: this.now + delay, order: this.order++, act });
  }

  learned(published: Published): void {
    this.truth.learn(published);
  }

  sends(peer: Peer, to: Address, bytes: Uint8Array): void {
    this.truth.checkDatagram(peer, to, bytes);
  }

  writes(peer: Peer, swarmId: SwarmId, extent: Extent): void {
    this.truth.checkWrite(peer, swarmId, extent);
    this.onWrite(peer, swarmId, extent);
  }

  noticed(peer: Peer, notice: Notice): void {
    this.onNotice(peer, notice);
  }

  /** Runs until the condition holds; false if it does not within `seconds` of virtual time. */
  run(condition: () => boolean, seconds: number): boolean {
    const end = this.now + seconds * 1e6;
    let stuck = 0;
    while (!condition()) {
      const next = this.nextEvent();
      if (next > end) {
        this.now = end;
        this.network.advance(end);
        return condition();
      }
      stuck = next < this.now + 10 ? stuck + 1 : 0;
      if (stuck > stuckMax) throw new StuckError('WORLD_STUCK', `time stands still, seed ${String(this.options.seed)}`);
      this.step(next);
    }
    return true;
  }

  private nextEvent(): number {
    let next = this.network.nextEvent() ?? Number.POSITIVE_INFINITY;
    for (const { at } of this.later) next = Math.min(next, at);
    for (const peer of this.peers) next = Math.min(next, peer.nextTimeout());
    return Math.max(this.now, next);
  }

  private step(now: number): void {
    this.now = now;
    this.network.advance(now);
    const due = this.later.filter(({ at }) => at <= now);
    if (due.length > 0) this.later = this.later.filter(({ at }) => at > now);
    due.sort((one, other) => one.at - other.at || one.order - other.order);
    for (const { act } of due) act();
    for (const peer of this.peers) if (peer.nextTimeout() <= now) peer.turn();
    this.onStep();
  }
}
