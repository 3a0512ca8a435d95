import { SimulatedNetwork, type LinkModel, type SimulatedNetworkOptions } from '@weir/datagram';
import { CacheError, type Address, type Extent, type Notice } from '@weir/ppspp';
import { Peer, type PeerOptions } from './peer';

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
export class World {
  readonly network: SimulatedNetwork;
  readonly peers: Peer[] = [];
  /** Called with every extent that a peer is about to store. */
  onWrite: (peer: Peer, swarmId: string, extent: Extent) => void = () => undefined;
  onNotice: (peer: Peer, notice: Notice) => void = () => undefined;
  now = 1_000_000;
  private readonly later: Later[] = [];
  private order = 0;

  constructor(readonly options: WorldOptions) {
    this.network = new SimulatedNetwork({
      seed: options.seed,
      ...(options.link === undefined ? {} : { link: options.link }),
      ...(options.route === undefined ? {} : { route: options.route }),
    });
    this.network.advance(this.now);
  }

  async peer(ip: string, options: PeerOptions = {}): Promise<Peer> {
    const address: Address = { ip, port: 6778 };
    const peer = new Peer(this, address, options, this.options.seed * 1_000 + this.peers.length);
    this.peers.push(peer);
    await peer.start();
    return peer;
  }

  after(delay: number, act: () => void): void {
    this.later.push({ at: this.now + delay, order: this.order++, act });
  }

  wrote(peer: Peer, swarmId: string, extent: Extent): void {
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
      if (next === undefined || next > end) return condition();
      stuck = next < this.now + 10 ? stuck + 1 : 0;
      if (stuck > stuckMax) throw new StuckError('WORLD_STUCK', `time stands still, seed ${String(this.options.seed)}`);
      this.step(next);
    }
    return true;
  }

  private nextEvent(): number | undefined {
    const times = [this.network.nextEvent(), ...this.later.map(({ at }) => at)];
    for (const peer of this.peers) if (peer.alive) times.push(peer.endpoint.nextTimeout());
    const known = times.filter((time) => time !== undefined);
    return known.length === 0 ? undefined : Math.max(this.now, Math.min(...known));
  }

  private step(now: number): void {
    this.now = now;
    this.network.advance(now);
    const due = this.later
      .filter(({ at }) => at <= now)
      .sort((one, other) => one.at - other.at || one.order - other.order);
    for (const one of due) this.later.splice(this.later.indexOf(one), 1);
    for (const { act } of due) act();
    for (const peer of this.peers) if ((peer.endpoint.nextTimeout() ?? Number.POSITIVE_INFINITY) <= now) peer.turn();
  }
}
