import { pid } from 'node:process';
import { InterceptError } from '../errors';
import type { RunTool, ToolName } from '../kernel/tool';
import { livingMap, probeInterface, probeSet, tableName } from '../rules/names';

/** The other interface of a test: to its far end. */
const farInterface = 'weir-probe1';

/** Names of a test's namespaces begin so, and end with the process that made them. */
const namePrefix = 'weir-probe-';

/** Seconds after which the kernel forgets a test that did not clean up. */
const testSecondsMax = 120;

/** The addresses of a test: two links, each with this machine at one end. */
export interface ProbeAddresses {
  readonly near: string;
  readonly nearGateway: string;
  readonly far: string;
  readonly farGateway: string;
}

/** Addresses for a test from the first eight of an IPv4 network, such as 198.18.0.0 (RFC 2544 section 4). */
export function probeAddresses(network: string): ProbeAddresses {
  const bytes = network.split('.').map(Number);
  const at = (offset: number): string => [...bytes.slice(0, 3), (bytes[3] ?? 0) + offset].join('.');
  return { nearGateway: at(1), near: at(2), farGateway: at(5), far: at(6) };
}

/** Two namespaces beside this machine: a subscriber's and a peer's far away. What they send to one another passes the rules. */
export class ProbeNetwork {
  readonly near = `${namePrefix}near-${String(pid)}`;
  readonly far = `${namePrefix}far-${String(pid)}`;

  constructor(
    private readonly addresses: ProbeAddresses,
    private readonly run: RunTool,
  ) {}

  /** Rejects with `INTERCEPT_PROBE_FAILED`, as when another test runs. What it made before it failed is for `remove`. */
  async make(): Promise<void> {
    await this.removeLeftovers();
    const { near, far, nearGateway, farGateway } = this.addresses;
    await this.link(this.near, probeInterface, { host: nearGateway, inner: near });
    await this.link(this.far, farInterface, { host: farGateway, inner: far });
    await this.demand(
      'nft',
      `add element inet ${tableName} ${probeSet} { ${near} timeout ${String(testSecondsMax)}s }`,
    );
  }

  /** Removes all that was made, as far as it is there. */
  async remove(): Promise<void> {
    const { near } = this.addresses;
    await this.run('nft', { args: ['delete', 'element', 'inet', tableName, probeSet, `{ ${near} }`] });
    await this.run('nft', { args: ['delete', 'element', 'inet', tableName, livingMap, `{ "${probeInterface}" }`] });
    for (const name of [probeInterface, farInterface]) await this.run('ip', { args: ['link', 'delete', name] });
    for (const name of [this.near, this.far]) await this.run('ip', { args: ['netns', 'delete', name] });
  }

  private async link(namespace: string, name: string, { host, inner }: { host: string; inner: string }): Promise<void> {
    await this.demand('ip', `netns add ${namespace}`);
    await this.demand('ip', `link add ${name} type veth peer name probe netns ${namespace}`);
    await this.demand('ip', `address add ${host}/30 dev ${name}`);
    await this.demand('ip', `link set ${name} up`);
    await this.demand('ip', `-n ${namespace} address add ${inner}/30 dev probe`);
    await this.demand('ip', `-n ${namespace} link set probe up`);
    await this.demand('ip', `-n ${namespace} route add default via ${host}`);
  }

  /** What a test left that was killed; one that runs is left alone. */
  private async removeLeftovers(): Promise<void> {
    const { stdout } = await this.run('ip', { args: ['netns', 'list'] });
    const names = stdout.split('\n').map((line) => line.split(' ')[0] ?? '');
    for (const name of names.filter((text) => text.startsWith(namePrefix))) {
      const maker = Number(name.split('-').at(-1));
      if (maker !== pid && isAlive(maker)) continue;
      await this.run('ip', { args: ['netns', 'delete', name] });
    }
    const { ok } = await this.run('ip', { args: ['link', 'show', probeInterface] });
    if (ok && names.some((name) => name.startsWith(namePrefix) && isAlive(Number(name.split('-').at(-1)))))
      throw new InterceptError('INTERCEPT_PROBE_FAILED', `another test uses ${probeInterface}: wait for its end`);
    await this.remove();
  }

  private async demand(name: ToolName, line: string): Promise<void> {
    const args = name === 'nft' ? [line] : line.split(' ');
    const { ok, complaint } = await this.run(name, { args });
    if (ok) return;
    const [reason = ''] = complaint.split('\n');
    throw new InterceptError('INTERCEPT_PROBE_FAILED', `the test's network cannot be made: ${name} ${line}: ${reason}`);
  }
}

function isAlive(maker: number): boolean {
  try {
    return Number.isInteger(maker) && maker > 0 && process.kill(maker, 0);
  } catch {
    return false;
  }
}
