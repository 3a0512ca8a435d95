import { constantDelay, SimulatedLink } from '@weir/datagram';
import type { Address } from '@weir/ppspp';
import { publish, type Published } from './content';
import type { Peer, PeerOptions } from './peer';
import { RenoFlow } from './reno';
import { World } from './world';

const settings = { hash: 'sha256', addressing: 'chunk32', chunkSize: 1_024 } as const;
const sampleMicros = 500_000;

/** A flow over the bottleneck, in seconds of virtual time. */
export interface FlowPlan {
  readonly kind: 'ours' | 'loss-based';
  readonly startsAt: number;
  readonly stopsAt?: number;
  /** The receiver's options: one that forges its acknowledgements, say. */
  readonly receiver?: PeerOptions;
}

/** Flows that share one bottleneck. */
export interface Sharing {
  readonly flows: readonly FlowPlan[];
  readonly seconds: number;
  readonly seed: number;
  readonly mbits: number;
  /** Seconds that the queue before the bottleneck holds. */
  readonly queueSeconds: number;
}

/** One flow over the last half second. */
export interface Sample {
  /** Seconds. */
  readonly at: number;
  readonly flow: number;
  readonly mbits: number;
  /** Content bytes that may be in flight. */
  readonly windowBytes: number;
  /** As the flow measures it, in milliseconds; a loss-based one does not. */
  readonly queueingMillis: number;
}

/** What is looked at of a running flow. */
interface Gauge {
  arrived(): number;
  window(): number;
  queueing(): number;
}

/** There and back without queueing: 50 ms. */
const wayMicros = 25_000;

/** Runs flows over one bottleneck; `onSecond` hears of every second of virtual time. */
export async function share(sharing: Sharing, onSecond: (second: number) => void = () => undefined): Promise<Sample[]> {
  const { seed, mbits, queueSeconds, seconds } = sharing;
  const bytesPerSecond = (mbits * 1e6) / 8;
  const delay = constantDelay(wayMicros);
  const queueBytes = queueSeconds * bytesPerSecond;
  const bottleneck = new SimulatedLink({ delay, bytesPerSecond, queueBytes });
  const world = new World({
    seed,
    link: { delay },
    route: ({ ip }) => (ip.startsWith('10.0.1.') ? bottleneck : undefined),
  });
  const gauges = await Promise.all(
    sharing.flows.map(async (plan, index) =>
      plan.kind === 'ours' ? ours(world, sharing, index) : lossBased(world, plan, index),
    ),
  );
  const samples: Sample[] = [];
  const begin = world.now;
  const before = gauges.map(() => 0);
  for (let at = sampleMicros; at <= seconds * 1e6; at += sampleMicros) {
    world.run(() => world.now >= begin + at, sampleMicros / 1e6);
    gauges.forEach((gauge, flow) => {
      const arrived = gauge.arrived();
      const rate = ((arrived - (before[flow] ?? 0)) * 8) / sampleMicros;
      before[flow] = arrived;
      const told = { windowBytes: gauge.window(), queueingMillis: gauge.queueing() / 1_000 };
      samples.push({ at: at / 1e6, flow, mbits: rate, ...told });
    });
    if (at % 1e6 === 0) onSecond(at / 1e6);
  }
  return samples;
}

/** Mean rates in Mbit/s of each flow between two times. */
export function meanRates(samples: readonly Sample[], from: number, to: number): number[] {
  const flows = Math.max(...samples.map(({ flow }) => flow)) + 1;
  return Array.from({ length: flows }, (_, index) => {
    const own = samples.filter(({ flow, at }) => flow === index && at > from && at <= to);
    return own.reduce((sum, { mbits }) => sum + mbits, 0) / Math.max(1, own.length);
  });
}

/** Jain's index of fairness: 1 if all are equal, 1/n if one has everything. */
export function jain(rates: readonly number[]): number {
  const sum = rates.reduce((total, rate) => total + rate, 0);
  return sum ** 2 / (rates.length * rates.reduce((total, rate) => total + rate ** 2, 0));
}

async function ours(world: World, { flows, seconds, mbits, seed }: Sharing, index: number): Promise<Gauge> {
  const plan = flows[index];
  const { startsAt = 0, receiver = {} } = plan ?? {};
  const published = contentOf(1_000 * seed + index, ((seconds - startsAt) * mbits * 1e6) / 8);
  const seeder = (await world.peer(`10.0.1.${String(index + 1)}`)).seed(published);
  const leecher = await world.peer(`10.0.2.${String(index + 1)}`, receiver);
  const peers = [{ address: seeder.address, priority: 1 }];
  world.after(startsAt * 1e6, () => void leecher.fetch(published.metadata, peers));
  return {
    arrived: () => leecher.endpoint.counters.fetchedBytes,
    window: () => uploaderOf(seeder)?.window ?? 0,
    queueing: () => uploaderOf(seeder)?.queueingDelay ?? 0,
  };
}

function uploaderOf(seeder: Peer) {
  const [channel] = seeder.endpoint.channels.all();
  return channel?.uploader;
}

async function lossBased(world: World, { startsAt, stopsAt }: FlowPlan, index: number): Promise<Gauge> {
  const from: Address = { ip: `10.0.1.${String(index + 1)}`, port: 80 };
  const flow = await RenoFlow.between(world, from, { ip: `10.0.2.${String(index + 1)}`, port: 80 });
  world.after(startsAt * 1e6, () => flow.start());
  if (stopsAt !== undefined) world.after(stopsAt * 1e6, () => flow.stop());
  return { arrived: () => flow.arrivedBytes, window: () => flow.windowSegments * 1_448, queueing: () => 0 };
}

/** A content that no other flow has: bytes of a linear congruential generator, which takes no time. */
function contentOf(seed: number, bytes: number): Published {
  const words = new Uint32Array(Math.ceil(bytes / 4));
  let word = seed;
  for (let at = 0; at < words.length; at++) words[at] = word = (Math.imul(word, 1_664_525) + 1_013_904_223) >>> 0;
  return publish(new Uint8Array(words.buffer), settings);
}
