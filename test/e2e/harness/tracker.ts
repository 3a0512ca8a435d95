import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import type { Address } from '@weir/ppspp';
import { decodeResponse, encodeRequest, type PeerMode, type Request, type Response } from '@weir/ppstp';
import { z } from 'zod';
import { metricOf } from './metrics';
import { hostPort } from './peers';
import type { Program } from './program';
import type { Stage } from './stage';

const readyLine = z.object({ url: z.url(), membershipCa: z.string().optional() });

/** What a tracker is told beside its address. */
export interface TrackerStart {
  /** Where it listens. */
  readonly ip?: string;
  /** Addresses or prefixes that it lists first. */
  readonly superNodes?: readonly string[];
  /** Where its authority on membership is kept. */
  readonly membershipDirectory?: string;
  /** Instead of all this but the address: keys of its configuration file. */
  readonly config?: object;
}

/** A tracker that runs as a process of its own, and what a stranger hears from it. */
export class Tracker {
  private constructor(
    readonly url: string,
    /** File of its authority's certificate. */
    readonly membershipCa: string | undefined,
    readonly program: Program,
  ) {}

  static async start(stage: Stage, start: TrackerStart = {}): Promise<Tracker> {
    const { ip = '127.2.0.1', config } = start;
    const listen = hostPort(ip, 0);
    const options = config === undefined ? flags(listen, start) : ['--config', fileOf(stage, { listen, ...config })];
    const program = stage.weir(['tracker', ...options]);
    const { url, membershipCa } = readyLine.parse(JSON.parse(await program.line('stdout', /^\{/)));
    return new Tracker(url, membershipCa, program);
  }

  metric(name: string, labels?: Readonly<Record<string, string>>): Promise<number> {
    return metricOf(this.url, name, labels);
  }

  /** Registers an address as that of a peer, and leaves it so. RFC 7846 section 4.1.1. */
  async register(swarmId: string, mode: PeerMode, { ip, port }: Address): Promise<void> {
    const address = { ip, port, priority: 1, type: 'HOST' } as const;
    await this.connect({ swarmId, mode, action: 'JOIN' }, { addresses: [address] });
  }

  /** Where the peers of a swarm are, the best first, as a peer hears that joins and leaves again. */
  async peers(swarmId: string): Promise<readonly string[]> {
    const peerId = randomBytes(20).toString('hex');
    const { results } = await this.connect({ swarmId, mode: 'LEECH', action: 'JOIN' }, { peerId });
    await this.connect({ swarmId, mode: 'LEECH', action: 'LEAVE' }, { peerId });
    const peers = results.flatMap(({ peers: listed = [] }) => listed);
    return peers.map(({ address: { ip, port } }) => `${ip}:${port}`);
  }

  private connect(
    action: Extract<Request, { type: 'CONNECT' }>['actions'][number],
    details: Partial<Extract<Request, { type: 'CONNECT' }>>,
  ): Promise<Response> {
    const ids = { transactionId: randomBytes(8).toString('hex'), peerId: randomBytes(20).toString('hex') };
    return this.ask({ type: 'CONNECT', ...ids, addresses: [], actions: [action], ...details });
  }

  private async ask(request: Request): Promise<Response> {
    const answer = await fetch(this.url, {
      method: 'POST',
      headers: { 'content-type': 'application/ppsp-tracker+json' },
      body: encodeRequest(request),
      signal: AbortSignal.timeout(5_000),
    });
    const decoded = decodeResponse(await answer.text());
    if (decoded.ok) return decoded.message;
    throw new Error(`the tracker's answer is ${decoded.fault}`);
  }
}

function flags(listen: string, { superNodes = [], membershipDirectory }: TrackerStart): readonly string[] {
  const prefixes = superNodes.flatMap((prefix) => ['--super-node', prefix]);
  const authority = membershipDirectory === undefined ? [] : ['--membership-dir', membershipDirectory];
  return ['--listen', listen, ...prefixes, ...authority];
}

/** JSON is YAML. */
function fileOf(stage: Stage, config: object): string {
  const path = stage.path('tracker.yaml');
  writeFileSync(path, JSON.stringify(config));
  return path;
}
