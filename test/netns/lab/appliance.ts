import { join } from 'node:path';
import { z } from 'zod';
import { status } from '../../e2e/harness/appliance';
import type { Program } from '../../e2e/harness/program';
import { valueOf } from '../../e2e/harness/metrics';
import { hostPort } from '../../e2e/harness/peers';
import { Stage } from '../../e2e/harness/stage';
import { untilTrue } from '../../e2e/harness/waiting';
import { subscriberPrefixes, type Family } from './addresses';
import { Agent } from './agent';
import type { Router } from './network';

const admin = '127.0.0.1:9080';
const servicePort = 6_778;
const faults = join(__dirname, 'faults.cjs');
const limitMillis = 2 ** 31 - 1;

const diverting = z.object({ intercept: z.object({ enabled: z.boolean(), diverting: z.boolean() }) });

const swarm = z.object({ extentsHeld: z.number(), storedBytes: z.number(), complete: z.boolean() });

/** What it is started with, beside what a lab's appliance always has. */
export interface ApplianceStart {
  readonly trackers?: readonly string[];
  /** A file system of its own for the store, in memory, of so many megabytes. */
  readonly storeMegabytes?: number;
  /** Variables that overrule all others. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A thread of an appliance, as `faults.cjs` tells them apart. */
export type ThreadName = 'control' | 'datapath' | 'writer';

/** An appliance on a router of the lab, which intercepts what comes from the subscribers' side. */
export class LabAppliance {
  readonly stage: Stage;
  private readonly agent: Agent;
  private process: Program | undefined;
  private orders = 0;

  constructor(
    readonly router: Router,
    private readonly start: ApplianceStart = {},
  ) {
    this.stage = new Stage({ launcher: router.namespace.launcher, limitMillis });
    this.agent = Agent.start(this.stage);
  }

  /** The process that runs, or ran last. */
  get program(): Program {
    if (this.process === undefined) throw new Error('the appliance was not started');
    return this.process;
  }

  /** The store's folder, as the appliance sees it. */
  get storePath(): string {
    return this.stage.path('store');
  }

  /** Where peers find it. */
  service(family: Family): { readonly ip: string; readonly port: number } {
    return { ip: this.router.address[family], port: servicePort };
  }

  /**
   * Starts it, also once more after it has ended, with the same store; and waits until it is ready for traffic, and diverts it.
   *
   * @param env variables of this run alone.
   */
  async run(env: Readonly<Record<string, string>> = {}): Promise<void> {
    const settings = {
      env: { ...this.environment(), ...env },
      launcher: this.launcher(),
      hooks: [faults],
    };
    this.process = this.stage.weir(['appliance'], settings);
    const ended = this.process.ended.then(({ stdout, stderr }) => {
      throw new Error(`the appliance ended before it was ready: ${stdout}${stderr}`);
    });
    const ready = untilTrue('the appliance is ready', () => this.isDiverting(), 15_000);
    await Promise.race([ready, ended]);
    ended.catch(() => undefined);
  }

  /** Has it stop of its own accord, and waits until it has. */
  async stop(): Promise<void> {
    this.program.signal('SIGTERM');
    await this.program.ended;
  }

  /** Has one of its threads stand still. */
  stall(thread: ThreadName, millis: number): void {
    this.order({ deed: 'stall', thread, millis });
  }

  /** Has one of its threads throw what nobody catches. */
  crash(thread: ThreadName): void {
    this.order({ deed: 'crash', thread });
  }

  async status(): Promise<z.output<typeof status>> {
    return status.parse(await this.json('/v1/status'));
  }

  /** A swarm that it knows, or undefined. */
  async swarm(swarmId: string): Promise<z.output<typeof swarm> | undefined> {
    const { status: found, body } = await this.request(`/v1/swarms/${swarmId}`);
    return found === 404 ? undefined : swarm.parse(JSON.parse(body));
  }

  /** Asks the admin API for what is there. */
  async json(path: string): Promise<unknown> {
    const answer = await this.request(path);
    if (answer.status !== 200) throw new Error(`GET ${path}: ${answer.status} ${answer.body}`);
    return JSON.parse(answer.body);
  }

  /** The sum of a metric's series that have all these labels, as of now. */
  async metric(name: string, labels?: Readonly<Record<string, string>>): Promise<number> {
    // Asking for the status brings the threads' counters, which come once a second by themselves.
    await this.status();
    return valueOf((await this.request('/metrics')).body, name, labels);
  }

  /** Asks the admin API. */
  request(path: string, method = 'GET', body?: unknown) {
    const url = `http://${admin}${path}`;
    if (body === undefined) return this.agent.http({ url, method });
    return this.agent.http({
      url,
      method,
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    });
  }

  async end(): Promise<void> {
    await this.stage.end();
  }

  private async isDiverting(): Promise<boolean> {
    if ((await this.request('/readyz')).status !== 200) return false;
    const { intercept } = diverting.parse(await this.json('/v1/status'));
    return intercept.diverting || !intercept.enabled;
  }

  /** `ip netns exec` mounts in a space of its own: what is mounted there ends with the process. */
  private launcher(): readonly string[] {
    const { launcher } = this.router.namespace;
    const { storeMegabytes } = this.start;
    if (storeMegabytes === undefined) return launcher;
    const mount = `mkdir -p ${this.storePath} && mount -t tmpfs -o size=${storeMegabytes}m weir ${this.storePath}`;
    return [...launcher, 'sh', '-c', `${mount} && exec "$@"`, 'sh'];
  }

  private order(fault: { readonly deed: string; readonly thread: ThreadName; readonly millis?: number }): void {
    this.program.tell({ ...fault, claim: this.stage.path(`fault-${++this.orders}`) });
  }

  private environment(): Record<string, string> {
    const { router, start } = this;
    return {
      WEIR_PPSPP_LISTEN: [hostPort(router.address[4], servicePort), hostPort(router.address[6], servicePort)].join(),
      WEIR_ADMIN_LISTEN: admin,
      WEIR_STORE_PATH: this.storePath,
      WEIR_STORE_CAPACITY: '1GiB',
      WEIR_TRACKERS: (start.trackers ?? []).join(),
      WEIR_SUBSCRIBERS: subscriberPrefixes.join(),
      WEIR_DATAPATH_THREADS: '2',
      WEIR_INTERCEPT_ENABLED: 'true',
      WEIR_INTERCEPT_INSIDE: router.inside,
      WEIR_INTERCEPT_OUTSIDE: router.outside,
      WEIR_LOG_LEVEL: 'warn',
      ...start.env,
    };
  }
}
