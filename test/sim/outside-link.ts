import { constantDelay, SimulatedLink } from '@weir/datagram';
import {
  budgetCells,
  LinkBudget,
  LocalCells,
  unlimitedRates,
  type Address,
  type EndpointConfig,
  type LinkRates,
} from '@weir/ppspp';
import { generated, publish, type Published } from './content';
import type { Peer } from './peer';
import { expectThat } from './seeds';
import { World } from './world';

export const second = 1_000_000;

/** Content in chunks of 1 KiB. */
export function content(name: string, bytes: number): Published {
  return publish(generated(name, bytes), { hash: 'sha256', addressing: 'chunk32', chunkSize: 1024 });
}

interface Moment {
  readonly at: number;
  readonly bytes: number;
}

/** Caches at 10.1.0.x, which draw on one budget as threads do, subscribers at 10.2.0.x, and peers outside at 10.9.0.x. */
export class OutsideLink {
  readonly world: World;
  readonly cells = new LocalCells(budgetCells);
  readonly budget = new LinkBudget(this.cells);
  readonly caches: Peer[] = [];
  readonly outside: Peer[] = [];
  /** What came from outside. */
  readonly came: Moment[] = [];
  private hosts = 0;
  private heard = 0;

  constructor(seed: number, loss = 0) {
    const links = new Map<string, SimulatedLink>();
    const linkFor = (from: Address, to: Address): SimulatedLink => {
      const key = `${from.ip} ${to.ip}`;
      const isTransit = from.ip.startsWith('10.9.') || to.ip.startsWith('10.9.');
      const transit = { delay: constantDelay(15_000), loss };
      const link = links.get(key) ?? new SimulatedLink(isTransit ? transit : { delay: constantDelay(1_000) });
      links.set(key, link);
      return link;
    };
    this.world = new World({ seed, route: linkFor });
    this.world.onStep = () => this.look();
    this.world.onNotice = (peer, notice) => {
      if (notice.type !== 'peers-wanted' || !this.caches.includes(peer)) return;
      this.world.after(10_000, () => {
        this.introduce(peer, notice.swarmId);
      });
    };
  }

  limit(rates: Partial<LinkRates>): this {
    this.budget.limit({ ...unlimitedRates, ...rates }, this.world.now);
    return this;
  }

  async seeders(count: number, ...contents: readonly Published[]): Promise<this> {
    for (let host = 1; host <= count; host++) {
      const seeder = await this.world.peer(`10.9.0.${String(host)}`);
      for (const each of contents) seeder.seed(each);
      this.outside.push(seeder);
    }
    return this;
  }

  async cache(more: Partial<EndpointConfig> = {}): Promise<Peer> {
    const thread = this.caches.length;
    const config: Partial<EndpointConfig> = {
      opensUnknown: true,
      fetchesFromCallers: false,
      servesCalled: false,
      admit: ({ ip }) => (ip.startsWith('10.2.') ? 'serve' : 'refuse'),
      budget: new LinkBudget(this.cells, thread),
      ...more,
    };
    const cache = await this.world.peer(`10.1.0.${String(thread + 1)}`, { config });
    this.caches.push(cache);
    return cache;
  }

  async subscriber(cache: Peer, { metadata }: Published): Promise<Peer> {
    const subscriber = await this.world.peer(`10.2.0.${String(++this.hosts)}`);
    return subscriber.fetch(metadata, [{ address: cache.address, priority: 1 }]);
  }

  /** Fetches for nobody. */
  prefetch(cache: Peer, { metadata }: Published): void {
    cache.fetch(metadata, this.candidates());
  }

  /** Seconds until somebody has all of a content. */
  secondsFor(peer: Peer, { metadata }: Published, most: number): number {
    const begin = this.world.now;
    expectThat(
      this.world.run(() => peer.complete(metadata.swarmId), most),
      `complete within ${String(most)} s`,
    );
    return (this.world.now - begin) / second;
  }

  pass(seconds: number): void {
    this.world.run(() => false, seconds);
  }

  /** The most that came within any span of so long, as bytes for each second. */
  peak(span: number): number {
    let most = 0;
    let inSpan = 0;
    let oldest = 0;
    for (const { at, bytes } of this.came) {
      inSpan += bytes;
      for (let gone = this.came[oldest]; gone !== undefined && gone.at <= at - span; gone = this.came[++oldest])
        inSpan -= gone.bytes;
      most = Math.max(most, inSpan);
    }
    return (most * second) / span;
  }

  /** Bytes that came between two moments. */
  between(from: number, to: number): number {
    return this.came.reduce((sum, { at, bytes }) => (at >= from && at < to ? sum + bytes : sum), 0);
  }

  private candidates() {
    return this.outside.map(({ address }) => ({ address, priority: 1 }));
  }

  private introduce(peer: Peer, swarmId: string): void {
    peer.input({ kind: 'peers', swarmId, peers: this.candidates() });
  }

  private look(): void {
    let heard = 0;
    for (const cache of this.caches)
      for (const [ip, bytes] of cache.heardFrom) if (ip.startsWith('10.9.')) heard += bytes;
    if (heard > this.heard) this.came.push({ at: this.world.now, bytes: heard - this.heard });
    this.heard = heard;
  }
}
