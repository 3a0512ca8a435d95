import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { nativeDatagrams } from '@weir/datagram';
import { z } from 'zod';
import { metricOf } from './metrics';
import { applianceIp, freeTcpPort, freeUdpPort } from './ports';
import type { Program } from './program';
import type { Stage } from './stage';
import { untilTrue } from './waiting';

/** What `GET /v1/status` tells, as far as tests look at it. */
export const status = z.object({
  byteHitRatio: z.number().nullable(),
  cacheInBytes: z.number(),
  cacheOutBytes: z.number(),
  hitBytes: z.number(),
  missBytes: z.number(),
  storedBytes: z.number(),
  capacityBytes: z.number(),
  usableBytes: z.number(),
});

const swarm = z.object({
  swarmId: z.string(),
  chunkCount: z.number().nullable(),
  contentBytes: z.number().nullable(),
  extentsHeld: z.number(),
  extentCount: z.number().nullable(),
  storedBytes: z.number(),
  complete: z.boolean(),
});

/** Threads of every appliance of these tests: where several can run, all that is promised has to hold with several. */
export const datapathThreads = nativeDatagrams().available ? 2 : 1;

/** What an appliance is started with; the defaults are those of a test, not of the product. */
export interface ApplianceStart {
  readonly trackers?: readonly string[];
  readonly capacity?: string;
  /** Prefixes; an empty list leaves the key out. */
  readonly subscribers?: readonly string[];
  /** The store's folder, in the test's own. */
  readonly store?: string;
  /** Keys of the configuration file; none is written without. */
  readonly config?: object;
  /** Variables that overrule all this. */
  readonly env?: Readonly<Record<string, string>>;
}

const faults = join(__dirname, '../../netns/lab/faults.cjs');

interface Place {
  readonly listen: string;
  readonly admin: string;
}

/** An appliance that runs as a process of its own, and its admin API. */
export class Appliance {
  private constructor(
    private readonly stage: Stage,
    private readonly start: ApplianceStart,
    private readonly place: Place,
    readonly program: Program,
  ) {}

  /** Starts one, and waits until it is ready for traffic. */
  static async start(stage: Stage, start: ApplianceStart = {}): Promise<Appliance> {
    const appliance = await Appliance.launch(stage, start);
    await appliance.untilReady();
    return appliance;
  }

  /** Starts one, and waits for nothing. */
  static async launch(stage: Stage, start: ApplianceStart = {}): Promise<Appliance> {
    const [udp, tcp] = await Promise.all([freeUdpPort(applianceIp), freeTcpPort(applianceIp)]);
    const place = { listen: `${applianceIp}:${udp}`, admin: `${applianceIp}:${tcp}` };
    return new Appliance(stage, start, place, run(stage, start, place));
  }

  /** Where peers find it. */
  get address(): string {
    return this.place.listen;
  }

  /** Where its admin API is. */
  get admin(): string {
    return this.place.admin;
  }

  /** Starts it once more, at the same place and with the same store, after it has ended. */
  async again(): Promise<Appliance> {
    const appliance = this.relaunched();
    await appliance.untilReady();
    return appliance;
  }

  /** The same, and waits for nothing. */
  relaunched(): Appliance {
    const { stage, start, place } = this;
    return new Appliance(stage, start, place, run(stage, start, place));
  }

  /** Has a datapath thread die of what nobody catches; which is left to chance. Each crash of a test has a name of its own. */
  crashThread(name: string): void {
    this.program.tell({ deed: 'crash', thread: 'datapath', claim: this.stage.path(name) });
  }

  async status(): Promise<z.output<typeof status>> {
    return status.parse(await this.json('/v1/status'));
  }

  /** A swarm that it knows, or undefined. */
  async swarm(swarmId: string): Promise<z.output<typeof swarm> | undefined> {
    const answer = await this.request('GET', `/v1/swarms/${swarmId}`);
    return answer.status === 404 ? undefined : swarm.parse(await answer.json());
  }

  /** Waits until it holds all of a swarm, on disk. */
  async untilComplete(swarmId: string): Promise<void> {
    await untilTrue('the appliance holds the swarm', async () => {
      const known = await this.swarm(swarmId);
      return known?.complete === true && known.contentBytes !== null && known.storedBytes >= known.contentBytes;
    });
  }

  /** As of now: asking for the status brings the threads' counters, which come once a second by themselves. */
  async metric(name: string, labels?: Readonly<Record<string, string>>): Promise<number> {
    await this.status();
    return metricOf(`http://${this.place.admin}`, name, labels);
  }

  /** Asks the admin API. */
  request(method: string, path: string, body?: unknown): Promise<Response> {
    return fetch(`http://${this.place.admin}${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
      signal: AbortSignal.timeout(10_000),
    });
  }

  private async json(path: string): Promise<unknown> {
    const answer = await this.request('GET', path);
    if (!answer.ok) throw new Error(`GET ${path}: ${answer.status} ${await answer.text()}`);
    return await answer.json();
  }

  private async untilReady(): Promise<void> {
    const ended = this.program.ended.then(({ stderr, stdout }) => {
      throw new Error(`the appliance ended before it was ready: ${stdout}${stderr}`);
    });
    const ready = untilTrue('the appliance is ready', async () => (await this.request('GET', '/readyz')).ok, 15_000);
    await Promise.race([ready, ended]);
  }
}

function run(stage: Stage, start: ApplianceStart, { listen, admin }: Place): Program {
  const { trackers = [], capacity = '1GiB', subscribers = ['127.1.0.0/16'], store = 'store' } = start;
  const env = {
    WEIR_PPSPP_LISTEN: listen,
    WEIR_ADMIN_LISTEN: admin,
    WEIR_STORE_PATH: stage.path(store),
    WEIR_STORE_CAPACITY: capacity,
    WEIR_TRACKERS: trackers.join(),
    WEIR_SUBSCRIBERS: subscribers.join(),
    WEIR_LOG_LEVEL: 'error',
    WEIR_DATAPATH_THREADS: String(datapathThreads),
    ...(start.config === undefined ? {} : { WEIR_CONFIG: configFile(stage, start.config) }),
  };
  return stage.weir(['appliance'], { env: { ...env, ...start.env }, hooks: [faults] });
}

/** JSON is YAML. */
function configFile(stage: Stage, config: object): string {
  const path = stage.path('appliance.yaml');
  writeFileSync(path, JSON.stringify(config));
  return path;
}
