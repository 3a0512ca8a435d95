import type { Address, ChunkAddressing, HashFunction } from '@weir/ppspp';
import { z } from 'zod';
import type { Program, ProgramSettings } from './program';
import type { Stage } from './stage';

/** How content is cut, hashed and numbered, as on the command line. */
export interface Format {
  readonly hash?: HashFunction;
  readonly addressing?: ChunkAddressing;
  readonly chunkSize?: number;
}

const seederLine = z.object({ swarmId: z.string(), address: z.string() });

/** A seeder that is ready. */
export interface Seeder extends z.output<typeof seederLine> {
  /** All that a fetch needs. */
  readonly link: string;
  readonly program: Program;
}

/** What to seed, where, and where to say so. */
export interface SeedStart {
  readonly path: string;
  readonly listen?: string;
  readonly trackers?: readonly string[];
  readonly format?: Format;
  readonly more?: readonly string[];
}

/** Starts a seeder outside, and waits until peers can come. */
export async function startSeeder(stage: Stage, start: SeedStart): Promise<Seeder> {
  const { path, listen = '127.2.0.2:0', trackers = [], format = {}, more = [] } = start;
  const args = ['seed', path, '--listen', listen, ...repeated('--tracker', trackers), ...formatArgs(format), ...more];
  const program = stage.weir(args);
  const line = seederLine.parse(JSON.parse(await program.line('stdout', /^\{/)));
  return { ...line, link: await program.line('stdout', /^ppsp:/), program };
}

/** What to fetch, from where, and who from. */
export interface FetchStart {
  /** Or a link. */
  readonly swarmId: string;
  readonly out: string;
  /** Where the fetcher listens: what it is to the appliance is decided by its address. */
  readonly ip?: string;
  /** Its UDP port. Default: any that is free. */
  readonly port?: number;
  readonly peers?: readonly string[];
  readonly trackers?: readonly string[];
  readonly timeoutSeconds?: number;
  readonly format?: Format;
  readonly more?: readonly string[];
}

/** Starts a fetch, of a subscriber unless it says otherwise. */
export function startFetch(stage: Stage, start: FetchStart, settings?: ProgramSettings): Program {
  const { swarmId, out, ip = '127.1.0.1', port = 0, peers = [], trackers = [], timeoutSeconds, format = {} } = start;
  const who = [...repeated('--peer', peers), ...repeated('--tracker', trackers)];
  const timeout = timeoutSeconds === undefined ? [] : ['--timeout', String(timeoutSeconds)];
  const args = [
    'fetch',
    swarmId,
    '--out',
    out,
    '--listen',
    hostPort(ip, port),
    '--json',
    ...who,
    ...timeout,
    ...(start.more ?? []),
  ];
  return stage.weir([...args, ...formatArgs(format)], settings);
}

const fetchSummary = z.object({
  swarmId: z.string(),
  file: z.string(),
  complete: z.literal(true),
  bytes: z.number(),
  resumedBytes: z.number(),
  seconds: z.number(),
  /** Bytes by who sent them. */
  peers: z.record(z.string(), z.number()),
});

/** What a fetch that succeeded tells. */
export type FetchSummary = z.output<typeof fetchSummary>;

/** Waits for a fetch to succeed. */
export async function completed(fetching: Program): Promise<FetchSummary> {
  const { status, stdout, stderr } = await fetching.ended;
  if (status !== 0) throw new Error(`the fetch failed with status ${String(status)}: ${stderr}`);
  return fetchSummary.parse(JSON.parse(stdout));
}

/** Runs a fetch that succeeds. */
export function fetchFile(stage: Stage, start: FetchStart): Promise<FetchSummary> {
  return completed(startFetch(stage, start));
}

/** The options that say how content is cut. */
export function formatArgs({ hash, addressing, chunkSize }: Format): string[] {
  return [
    ...(hash === undefined ? [] : ['--hash', hash]),
    ...(addressing === undefined ? [] : ['--addressing', addressing]),
    ...(chunkSize === undefined ? [] : ['--chunk-size', String(chunkSize)]),
  ];
}

/** An address with a port, as on a command line. */
export function hostPort(ip: string, port: number): string {
  return ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`;
}

/** An address as it stands on a command line, of IPv4. */
export function addressOf(text: string): Address {
  const [ip = '', port] = text.split(':');
  return { ip, port: Number(port) };
}

function repeated(flag: string, values: readonly string[]): string[] {
  return values.flatMap((value) => [flag, value]);
}
