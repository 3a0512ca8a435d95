import { once } from 'node:events';
import { createServer, type ListenOptions, type Server, type Socket } from 'node:net';
import { machineMicros } from '@weir/datagram';
import { normalIp, type Address } from '@weir/ppspp';
import type { Request } from '@weir/ppstp';
import { Budget } from './budget';
import { ConnectionTable } from './connection-table';
import { Conversation } from './conversation';
import { askedPerConnectionMax, holdMillisMax, idleMillisMax } from './limits';
import type { ConnectionEnd, TrackerInterceptMetrics } from './metrics';
import { listFirst } from './peer-list';
import { TrackerConnection } from './tracker-connection';
import { transparentWay, type Way } from './transparent-way';

/** What the tracker intercept is to do. */
export interface TrackerInterceptOptions {
  /** Where the packet filter diverts connections to: this port of both loopback addresses. */
  readonly port: number;
  /** Whether this machine speaks IPv6. */
  readonly ipv6: boolean;
  /** Our peer ID, as trackers list us. */
  readonly peerId: string;
  /** Where subscribers reach us as a peer. A family that is missing gets its peer lists as they are. */
  readonly service: { readonly ipv4?: Address | undefined; readonly ipv6?: Address | undefined };
  /** Whether we serve a swarm, by its ID as PPSTP has it: hex in lower case. */
  readonly serves: (swarmId: string) => boolean;
  /** A subscriber asked a tracker for peers of a swarm, or joined it; told once for each connection and swarm. */
  readonly asked: (swarmId: string, subscriber: Address) => void;
  readonly metrics: TrackerInterceptMetrics;
}

/** What tests have otherwise. */
export interface TrackerInterceptWorld {
  readonly way?: Way;
  readonly holdMillis?: number;
  readonly idleMillis?: number;
  readonly budget?: Budget;
}

/**
 * Stands between subscribers and their trackers: what is plain PPSTP (RFC 7846) is read, and names us first as a peer of what we
 * serve; whatever else runs over the same addresses passes as it is. A tracker sees its subscriber's address.
 *
 * Nothing that either of them does is an exception: it is counted.
 */
export class TrackerIntercept {
  private readonly way: Way;
  private readonly table = new ConnectionTable<TrackerConnection>();
  private readonly budget: Budget;
  private readonly holdMillis: number;
  private readonly idleMillis: number;
  private servers: readonly Server[] = [];
  private sweeper: NodeJS.Timeout | undefined;

  constructor(
    private readonly options: TrackerInterceptOptions,
    world: TrackerInterceptWorld = {},
  ) {
    this.way = world.way ?? transparentWay(options);
    this.budget = world.budget ?? new Budget(machineMicros);
    this.holdMillis = world.holdMillis ?? holdMillisMax;
    this.idleMillis = world.idleMillis ?? idleMillisMax;
  }

  /** Connections that are open now. */
  get connections(): number {
    return this.table.size;
  }

  /** Ports that it listens on. */
  get ports(): readonly number[] {
    return this.servers.map((server) => {
      const address = server.address();
      return typeof address === 'object' && address !== null ? address.port : 0;
    });
  }

  /** Throws a `DatagramError` when it cannot listen. */
  async start(): Promise<void> {
    this.servers = this.way.listen().map((options) => this.serve(options));
    this.sweeper = setInterval(() => this.sweep(), this.idleMillis / 4);
    await Promise.all(this.servers.map((server) => once(server, 'listening')));
  }

  /** Cuts all connections: whoever asks again is asked from elsewhere. */
  async stop(): Promise<void> {
    clearInterval(this.sweeper);
    for (const connection of this.table.all) connection.end('stopped');
    await Promise.all(this.servers.map(closed));
    this.servers = [];
  }

  private serve(options: ListenOptions): Server {
    const server = createServer({ allowHalfOpen: true }, (accepted) => this.accept(accepted));
    // A connection that could not be accepted, since no descriptor was left. The others go on.
    server.on('error', () => this.count('refused'));
    return server.listen(options);
  }

  private accept(subscriber: Socket): void {
    const ip = normalIp(subscriber.remoteAddress ?? '');
    const to = this.way.destinationOf(subscriber);
    if (ip === undefined || to === undefined) {
      this.refuse(subscriber, 'refused');
      return;
    }
    const from = { ip, port: subscriber.remotePort ?? 0 };
    const tracker = this.connect(from, to);
    if (tracker === undefined) {
      this.refuse(subscriber, 'unreachable');
      return;
    }
    this.table.crowdedOut(from)?.end('crowded-out');
    this.join({ subscriber, tracker }, from);
  }

  private refuse(subscriber: Socket, end: ConnectionEnd): void {
    // It may be gone already; then nobody needs to know.
    subscriber.on('error', () => undefined);
    subscriber.resetAndDestroy();
    this.count(end);
  }

  private connect(from: Address, to: Address): Socket | undefined {
    try {
      return this.way.connect({ from: { ip: from.ip, port: 0 }, to, avoidPort: from.port });
    } catch {
      return undefined;
    }
  }

  private join(ends: { readonly subscriber: Socket; readonly tracker: Socket }, from: Address): void {
    const { budget, holdMillis } = this;
    const connection = new TrackerConnection(ends, this.conversation(from), {
      budget,
      holdMillis,
      onBytes: () => this.table.heard(connection, performance.now()),
      onEnd: (end) => this.leave(connection, end),
    });
    this.table.add(connection, from, performance.now());
    this.options.metrics.connections.set(this.table.size);
    connection.start();
  }

  private leave(connection: TrackerConnection, end: ConnectionEnd): void {
    this.table.remove(connection);
    this.options.metrics.connections.set(this.table.size);
    this.count(end);
  }

  private conversation(subscriber: Address): Conversation {
    const { metrics, service, peerId, serves } = this.options;
    const own = subscriber.ip.includes(':') ? service.ipv6 : service.ipv4;
    const told = new Set<string>();
    return new Conversation({
      onRequest: (request) => this.hear(request, subscriber, told),
      answer: (text, request) => own && listFirst(text, request, { service: own, peerId, serves }),
      onExchange: (outcome) => metrics.exchanges.inc({ outcome }),
      onPass: (reason) => metrics.passed.inc({ reason }),
      hasTime: () => this.budget.hasTime(),
      spend: (work) => this.budget.spend(work),
    });
  }

  private hear(request: Request, subscriber: Address, told: Set<string>): void {
    for (const swarmId of swarmsAskedFor(request)) {
      if (told.has(swarmId) || told.size >= askedPerConnectionMax) continue;
      told.add(swarmId);
      this.options.metrics.asked.inc();
      this.options.asked(swarmId, subscriber);
    }
  }

  private sweep(): void {
    for (const connection of this.table.idleSince(performance.now() - this.idleMillis)) connection.end('idle');
  }

  private count(end: ConnectionEnd): void {
    this.options.metrics.ended.inc({ end });
  }
}

/** Swarms that a request asks peers of, or joins. RFC 7846 sections 4.1.1 and 4.1.2. */
function swarmsAskedFor(request: Request): readonly string[] {
  if (request.type === 'FIND') return [request.swarmId];
  if (request.type !== 'CONNECT') return [];
  return request.actions.filter(({ action }) => action === 'JOIN').map(({ swarmId }) => swarmId);
}

async function closed(server: Server): Promise<void> {
  if (!server.listening) return;
  server.close();
  await once(server, 'close');
}
