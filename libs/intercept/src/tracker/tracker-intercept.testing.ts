import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Address } from '@weir/ppspp';
import { Registry } from 'prom-client';
import { createTrackerInterceptMetrics } from './metrics';
import { TrackerIntercept, type TrackerInterceptWorld } from './tracker-intercept';

/** Where all of it happens. */
export const loopback = '127.0.0.1';
/** Where the appliance serves. */
export const service = { ip: '192.0.2.1', port: 6778 };
/** What a tracker does with a client. */
export type Serve = (client: Socket) => void;

/** An intercept between clients on this machine and a tracker that does what it is told. */
export class Scene {
  readonly asked: [string, Address][] = [];
  readonly accepted: Socket[] = [];
  readonly clients: Socket[] = [];
  private readonly registry = new Registry();
  private readonly tracker: Server;
  private readonly intercept: TrackerIntercept;
  trackerPort = 0;

  constructor(serve: Serve, world: TrackerInterceptWorld = {}) {
    this.tracker = createServer({ allowHalfOpen: true }, (socket) => {
      this.accepted.push(socket);
      socket.on('error', () => undefined);
      serve(socket);
    });
    const options = {
      ...{ port: 0, ipv6: false, peerId: 'weir-1', service: { ipv4: service } },
      serves: (swarmId: string) => swarmId === 'aa',
      asked: (swarmId: string, subscriber: Address) => this.asked.push([swarmId, subscriber]),
      metrics: createTrackerInterceptMetrics(this.registry),
    };
    const way = {
      listen: () => [{ host: loopback, port: 0 }],
      destinationOf: () => (this.trackerPort === 0 ? undefined : { ip: loopback, port: this.trackerPort }),
      connect: ({ to }: { to: Address }) => connect({ host: to.ip, port: to.port, allowHalfOpen: true }),
    };
    this.intercept = new TrackerIntercept(options, { way, ...world });
  }

  async start(): Promise<void> {
    await once(this.tracker.listen(0, loopback), 'listening');
    const address = this.tracker.address();
    this.trackerPort = typeof address === 'object' && address !== null ? address.port : 0;
    await this.intercept.start();
  }

  /** A client that is let through. What goes wrong with it is for its test to see. */
  client(): Socket {
    const socket = connect({ host: loopback, port: this.intercept.ports[0] ?? 0, allowHalfOpen: true });
    this.clients.push(socket);
    return socket.on('error', () => undefined);
  }

  get connections(): number {
    return this.intercept.connections;
  }

  async count(metric: string, labels: Record<string, string> = {}): Promise<number> {
    const { values = [] } = (await this.registry.getSingleMetric(`intercept_tracker_${metric}`)?.get()) ?? {};
    const [label = ['', '']] = Object.entries(labels);
    return values.find((value) => Reflect.get(value.labels, label[0]) === (labels[label[0]] ?? undefined))?.value ?? 0;
  }

  async stop(): Promise<void> {
    for (const socket of [...this.clients, ...this.accepted]) socket.destroy();
    await this.intercept.stop();
    this.tracker.close();
  }
}

/** Lets the event loop turn until the fact holds. */
export async function until(fact: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await fact())) await nextTurn();
}

/** All that a socket hears until this much has come. */
export async function hear(socket: Socket, bytes: number): Promise<string> {
  let heard = '';
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    heard += Buffer.from(chunk).toString('latin1');
    if (heard.length >= bytes) break;
  }
  return heard;
}
