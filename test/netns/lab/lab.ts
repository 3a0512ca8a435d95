import { divertedMark } from '@weir/datagram';
import {
  fetchFile,
  hostPort,
  startFetch,
  startSeeder,
  type FetchStart,
  type Seeder,
  type SeedStart,
} from '../../e2e/harness/peers';
import { Stage, type ContentFile } from '../../e2e/harness/stage';
import { Tracker, type TrackerStart } from '../../e2e/harness/tracker';
import type { Program } from '../../e2e/harness/program';
import { external, subscriber, type Family } from './addresses';
import { Agent } from './agent';
import { LabAppliance, type ApplianceStart } from './appliance';
import { Network, type Router } from './network';
import { Witness } from './witness';

/** A seeder outside: which content, and where. */
export interface LabSeed extends Omit<SeedStart, 'listen'> {
  /** Number of the external address. */
  readonly external: number;
  readonly family?: Family;
  readonly port?: number;
}

/** A subscriber that fetches. */
export interface LabFetch extends Omit<FetchStart, 'out' | 'ip'>, Partial<Pick<FetchStart, 'out'>> {
  /** Number of the subscriber. */
  readonly subscriber: number;
  readonly family?: Family;
}

const seederPort = 6_881;
/** Programs run until they are ended, or the lab is. */
const forEver = 2 ** 31 - 1;

/**
 * Subscribers, a PoP and the Internet on this machine, and the real programs in them. Everything ends with `end`.
 */
export class Lab {
  readonly inside: Stage;
  readonly outside: Stage;
  /** Who acts for subscribers, and for external peers. */
  readonly subscribers: Agent;
  readonly internet: Agent;
  /** What arrives at external peers, and at subscribers. */
  readonly arrivals: { readonly outside: Witness; readonly inside: Witness };
  /** What the first router delivers to itself though it is meant for others. */
  readonly diverted: Witness;
  private readonly appliances: LabAppliance[] = [];
  private fetches = 0;

  private constructor(readonly network: Network) {
    this.inside = new Stage({ launcher: network.subscribers.launcher, limitMillis: forEver });
    this.outside = new Stage({ launcher: network.internet.launcher, limitMillis: forEver });
    this.subscribers = Agent.start(this.inside);
    this.internet = Agent.start(this.outside);
    this.arrivals = {
      outside: new Witness(network.internet, 'arrivals', { hook: 'input' }),
      inside: new Witness(network.subscribers, 'arrivals', { hook: 'input' }),
    };
    const { namespace } = this.router();
    this.diverted = new Witness(namespace, 'diverted', { hook: 'input', condition: `meta mark ${divertedMark}` });
  }

  /** @param roles names of the routers in a row, the subscribers' gateway first. */
  static build(roles: readonly string[] = ['pop']): Lab {
    return new Lab(Network.build(roles));
  }

  /** A router, the subscribers' gateway by default. */
  router(index = 0): Router {
    const router = this.network.routers[index];
    if (router === undefined) throw new Error(`the lab has no router ${index}`);
    return router;
  }

  /** Starts an appliance, and waits until it is ready. */
  async appliance(start: ApplianceStart = {}, router: Router = this.router()): Promise<LabAppliance> {
    const appliance = new LabAppliance(router, start);
    this.appliances.push(appliance);
    await appliance.run();
    return appliance;
  }

  /** Generated content in a file. */
  content(name: string, size: number): ContentFile {
    return this.outside.content(name, size);
  }

  seeder({ external: number, family = 4, port = seederPort, ...start }: LabSeed): Promise<Seeder> {
    return startSeeder(this.outside, { ...start, listen: hostPort(external(number, family), port) });
  }

  tracker(number: number, start: TrackerStart = {}): Promise<Tracker> {
    return Tracker.start(this.outside, { ...start, ip: external(number) });
  }

  /** Starts a subscriber's fetch. */
  startFetch(fetch: LabFetch): Program {
    return startFetch(this.inside, this.fetchOf(fetch));
  }

  /** Runs a subscriber's fetch that succeeds. */
  fetch(fetch: LabFetch) {
    return fetchFile(this.inside, this.fetchOf(fetch));
  }

  async end(): Promise<void> {
    await Promise.all(this.appliances.map((appliance) => appliance.end()));
    await Promise.all([this.inside.end(), this.outside.end()]);
    await this.network.end();
  }

  private fetchOf({ subscriber: number, family = 4, ...fetch }: LabFetch): FetchStart {
    const out = this.inside.path(`fetched-${++this.fetches}`);
    return { timeoutSeconds: 30, out, ...fetch, ip: subscriber(number, family) };
  }
}
