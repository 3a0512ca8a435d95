import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { ha1 } from '@weir/digest';
import { decodeResponse, encodeRequest, type Response, type SwarmAction } from '@weir/ppstp';
import { HttpExchange, systemClock } from '@weir/registration';
import { z } from 'zod';
import { Authority } from './authority';
import { hostPort } from './peers';
import { freeTcpPort } from './ports';
import type { Program } from './program';
import type { Stage } from './stage';

/** How peers prove who they are. */
export type Proving = 'Digest' | 'mutual TLS';

/** Files and names by which a peer knows the tracker, and the tracker it. */
export interface Access {
  readonly caFile: string;
  readonly username?: string;
  readonly passwordFile?: string;
  readonly certificateFile?: string;
  readonly keyFile?: string;
}

const ip = '127.2.0.1';
const realm = 'films';
const readyLine = z.object({ url: z.url() });
const members = z.object({
  peers: z.array(z.object({ addresses: z.array(z.object({ ip: z.string(), port: z.number() })) })),
});

interface Plan {
  readonly url: string;
  readonly admin: string;
  readonly config: string;
  /** By the peer's name. */
  readonly access: ReadonlyMap<string, Access>;
}

/** A provider's tracker over HTTPS, for published swarms only, with an admin side: a process of its own that can be killed. */
export class ClosedTracker {
  private constructor(
    private readonly stage: Stage,
    private readonly plan: Plan,
    private program: Program,
  ) {}

  /** `superNode` is there for subscribers of the lab alone. */
  static async start(
    stage: Stage,
    proving: Proving,
    superNode: string,
    peers: readonly string[],
  ): Promise<ClosedTracker> {
    const [port, adminPort] = await Promise.all([freeTcpPort(ip), freeTcpPort(ip)]);
    const [listen, admin] = [hostPort(ip, port), hostPort(ip, adminPort)];
    const secured = proving === 'Digest' ? byDigest(stage, peers) : await byCertificate(stage, peers);
    const state = stage.path('tracker');
    const settings = {
      listen,
      stateDirectory: state,
      swarms: { admission: 'published' },
      superNodes: [{ nodes: [superNode], subscribers: ['127.1.0.0/16'], onlySubscribers: true }],
      admin: { listen: admin },
      ...secured.settings,
    };
    const config = stage.path('tracker.yaml');
    // JSON is YAML.
    writeFileSync(config, JSON.stringify(settings));
    const plan = { url: `https://${listen}/`, admin: `http://${admin}`, config, access: secured.access };
    return new ClosedTracker(stage, plan, await run(stage, config));
  }

  get url(): string {
    return this.plan.url;
  }

  access(peer: string): Access {
    const access = this.plan.access.get(peer);
    if (access === undefined) throw new Error(`no peer is called ${peer}`);
    return access;
  }

  /** Ends it without a word, with all that it knows of peers. */
  async kill(): Promise<void> {
    await this.program.kill();
  }

  /** Starts it once more: what is published is kept. */
  async again(): Promise<void> {
    this.program = await run(this.stage, this.plan.config);
  }

  /** Publishes a swarm for some peers, as its provider does. */
  async publish(swarmId: string, peers: readonly string[]): Promise<void> {
    await this.order('PUT', `/v1/swarms/${swarmId}`, { access: 'closed' });
    for (const peer of peers) await this.order('PUT', `/v1/swarms/${swarmId}/grants/${peer}`);
  }

  /** Addresses of the peers in a swarm, as the admin side tells. */
  async members(swarmId: string): Promise<readonly string[]> {
    const { peers } = members.parse(await this.order('GET', `/v1/swarms/${swarmId}/peers`));
    return peers.flatMap(({ addresses }) => addresses.map((address) => hostPort(address.ip, address.port)));
  }

  /** Where the peers of a swarm are, the best first, as a peer hears that joins from there and leaves again. */
  async peersFor(peer: string, from: string, swarmId: string): Promise<readonly string[]> {
    const peerId = randomBytes(20).toString('hex');
    const { results, errorCode } = await this.ask({ peer, from, peerId }, { swarmId, mode: 'LEECH', action: 'JOIN' });
    if (errorCode !== 0) throw new Error(`the tracker answers ${String(errorCode)}`);
    await this.ask({ peer, from, peerId }, { swarmId, mode: 'LEECH', action: 'LEAVE' });
    return results.flatMap(({ peers = [] }) => peers).map(({ address }) => hostPort(address.ip, address.port));
  }

  /** The answer to one CONNECT; of `peer` undefined by nobody, without a name. */
  async ask(
    asker: { readonly peer?: string | undefined; readonly from: string; readonly peerId: string },
    action: SwarmAction,
  ): Promise<Response> {
    const { url } = this;
    const exchange = new HttpExchange(
      { url, requestMillis: 5_000, localAddress: asker.from, ...shown(this.access(asker.peer ?? nobody)) },
      systemClock,
    );
    const transactionId = randomBytes(8).toString('hex');
    const body = encodeRequest({
      type: 'CONNECT',
      transactionId,
      peerId: asker.peerId,
      addresses: [],
      actions: [action],
    });
    const answer = await exchange.post(body, AbortSignal.timeout(10_000)).finally(() => exchange.close());
    if (!answer.ok) throw new Error(answer.reason);
    const decoded = decodeResponse(answer.text);
    if (decoded.ok) return decoded.message;
    throw new Error(`the tracker's answer is ${decoded.fault}`);
  }

  private async order(method: string, path: string, body?: unknown): Promise<unknown> {
    const token = readFileSync(this.stage.path('tracker/admin-token'), 'utf8').trim();
    const answer = await fetch(`${this.plan.admin}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(10_000),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return await answer.json();
  }
}

/** Whoever trusts the tracker, and is unknown to it. */
const nobody = 'nobody';

/** The flags of `weir seed` and `weir fetch`. */
export function accessArgs({ caFile, username, passwordFile, certificateFile, keyFile }: Access): string[] {
  const flags = {
    '--tracker-ca': caFile,
    '--tracker-user': username,
    '--tracker-password-file': passwordFile,
    '--tracker-cert': certificateFile,
    '--tracker-key': keyFile,
  };
  return Object.entries(flags).flatMap(([flag, value]) => (value === undefined ? [] : [flag, value]));
}

async function run(stage: Stage, config: string): Promise<Program> {
  const program = stage.weir(['tracker', '--config', config]);
  readyLine.parse(JSON.parse(await program.line('stdout', /^\{/)));
  return program;
}

interface Secured {
  /** Members of the tracker's settings. */
  readonly settings: object;
  readonly access: ReadonlyMap<string, Access>;
}

/** A certificate that signs itself, and a users file. */
function byDigest(stage: Stage, peers: readonly string[]): Secured {
  const caFile = stage.path('tracker/tls/tracker-cert.pem');
  const usersFile = stage.path('users');
  const passwords = peers.map((peer) => [peer, randomBytes(12).toString('hex')] as const);
  writeFileSync(
    usersFile,
    passwords.map(([peer, password]) => `${peer}:${realm}:${ha1(peer, realm, password)}\n`).join(''),
  );
  const access = passwords.map(([username, password]): [string, Access] => {
    const passwordFile = stage.path(`${username}-password`);
    writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
    return [username, { caFile, username, passwordFile }];
  });
  return {
    settings: { tls: { selfSigned: true }, authentication: { usersFile, realm } },
    access: new Map([...access, [nobody, { caFile }]]),
  };
}

/** Certificates of one authority for the tracker and its peers. */
async function byCertificate(stage: Stage, peers: readonly string[]): Promise<Secured> {
  const authority = await Authority.make(stage);
  const { caFile } = authority;
  const access = new Map<string, Access>([[nobody, { caFile }]]);
  for (const peer of peers) access.set(peer, { caFile, ...(await authority.certify(peer)) });
  const own = await authority.certify('tracker', [ip]);
  return { settings: { tls: { ...own, clientCaFile: caFile, clientCertificates: 'request' } }, access };
}

/** The same, read. */
function shown({ caFile, username, passwordFile, certificateFile, keyFile }: Access) {
  const [ca, certificate, key, password] = [caFile, certificateFile, keyFile, passwordFile].map((file) =>
    file === undefined ? undefined : readFileSync(file, 'utf8').trim(),
  );
  return {
    tls: { ca, certificate, key },
    credentials: username === undefined || password === undefined ? undefined : { username, password },
  };
}
