import { machineMicros } from '@weir/datagram';
import { InterceptError } from '../errors';
import { inspectRules } from '../kernel/inspect';
import type { Machine } from '../preflight/machine';
import { threadPorts } from '../rules/names';
import type { PortRange, RulePlan } from '../rules/plan';
import { ProbeChild } from './child';
import { ProbeNetwork, probeAddresses, type ProbeAddresses } from './network';

/** How a stand-in of the appliance is made to fail: it hangs, or it dies. */
export const probeFaults = ['SIGSTOP', 'SIGKILL'] as const;

/** One of `probeFaults`. */
export type ProbeFault = (typeof probeFaults)[number];

/** What came of one failure. */
export interface ProbeGap {
  readonly fault: ProbeFault;
  /** HANDSHAKEs that were diverted and answered before it. */
  readonly diverted: number;
  /** From the failure to the first HANDSHAKE that reached its far end. */
  readonly gapMillis: number;
}

/** What a test found. */
export interface ProbeResult {
  readonly gaps: readonly ProbeGap[];
  readonly gapMillisMax: number;
  /** Whether no gap is longer than that. */
  readonly passed: boolean;
}

/** Milliseconds after which new flows pass, whatever happens to the appliance. */
const gapMillisMax = 3_000;

/** HANDSHAKEs in a row that must be diverted before a failure means anything. */
const divertedMin = 10;

/** Milliseconds to wait for anything before the test has failed. */
const patienceMillis = 10_000;

/** Milliseconds to wait for what must not take longer than `gapMillisMax`. */
const lossMillis = 2 * gapMillisMax;

/** What a test needs. */
export interface ProbeParts {
  readonly plan: RulePlan;
  readonly machine: Machine;
  /** An IPv4 network whose first eight addresses nobody uses. */
  readonly network: string;
  readonly signal: AbortSignal;
}

/**
 * Proves on a machine with rules that they fail open, and touches no subscriber's flow: a subscriber and a peer of its own, in
 * namespaces of their own, are joined by the same chains; a stand-in of the appliance keeps an epoch of its own for them, and is
 * made to fail. Rejects with `INTERCEPT_PROBE_FAILED`, or with the signal's reason; all that it made is removed in any case.
 */
export async function probeRules(parts: ProbeParts): Promise<ProbeResult> {
  await demandRules(parts);
  const addresses = probeAddresses(parts.network);
  const network = new ProbeNetwork(addresses, parts.machine.run);
  const scene = new Scene(parts, network, addresses);
  try {
    await network.make();
    await scene.start();
    const gaps: ProbeGap[] = [];
    for (const fault of probeFaults) gaps.push(await scene.fail(fault));
    const passed = gaps.every(({ gapMillis }) => gapMillis <= gapMillisMax);
    return { gaps, gapMillisMax, passed };
  } finally {
    await scene.end();
    await network.remove();
  }
}

async function demandRules({ plan, machine }: ProbeParts): Promise<void> {
  if (!machine.isRoot) throw failed('a test makes network namespaces: run it as root');
  if (machine.nativeReason !== undefined) throw failed(`a test needs native sockets: ${machine.nativeReason}`);
  const { rules } = await inspectRules(plan, machine.run, machineMicros());
  if (rules !== 'as configured') throw failed(`the rules are ${rules}: start the appliance, or run weir intercept up`);
}

function failed(message: string): InterceptError {
  return new InterceptError('INTERCEPT_PROBE_FAILED', message);
}

/** The programs of a test. */
class Scene {
  private readonly children: ProbeChild[] = [];
  private readonly port: number;

  constructor(
    private readonly parts: ProbeParts,
    private readonly network: ProbeNetwork,
    private readonly addresses: ProbeAddresses,
  ) {
    this.port = portFor(parts.plan);
  }

  async start(): Promise<void> {
    const { far } = this.addresses;
    const hearing = this.child('hear', { namespace: this.network.far, ip: far, port: this.port });
    await this.ready(hearing);
    await this.ready(this.child('send', { namespace: this.network.near, ip: far, port: this.port }));
  }

  /** Has a stand-in serve, makes it fail, and waits for the first HANDSHAKE that passes. */
  async fail(fault: ProbeFault): Promise<ProbeGap> {
    const [hearing] = this.children;
    const keeper = this.child('keep', { ip: '127.0.0.1', port: this.parts.plan.udpPort + threadPorts });
    await this.ready(keeper);
    const none = 'HANDSHAKEs from the test are not diverted, though its epoch lives';
    const diverted = await keeper.until({ kind: 'heard', count: divertedMin }, this.patience(none));
    const at = machineMicros();
    keeper.signal(fault);
    const lost = 'no HANDSHAKE reaches its far end: does a firewall drop what is forwarded to weir-probe1?';
    const passed = await hearing?.until({ kind: 'heard', since: at }, { ...this.patience(lost), millis: lossMillis });
    await keeper.end();
    return { fault, diverted: diverted.length, gapMillis: Math.ceil(((passed?.[0]?.at ?? Infinity) - at) / 1_000) };
  }

  async end(): Promise<void> {
    for (const child of this.children) await child.end();
  }

  private child(...[role, place]: ConstructorParameters<typeof ProbeChild>): ProbeChild {
    const child = new ProbeChild(role, place);
    this.children.push(child);
    return child;
  }

  private async ready(child: ProbeChild): Promise<void> {
    await child.until({ kind: 'ready' }, this.patience('a program of the test does not start'));
  }

  private patience(failure: string) {
    return { millis: patienceMillis, failure, signal: this.parts.signal };
  }
}

/** A port to which HANDSHAKEs are diverted. */
function portFor({ ports, exemptPorts }: RulePlan): number {
  const within = (port: number, ranges: readonly PortRange[]): boolean =>
    ranges.some(({ first, last }) => port >= first && port <= last);
  const candidates = ports.length === 0 ? [{ first: 1_024, last: 65_535 }] : ports;
  for (const { first, last } of candidates)
    for (let port = first; port <= last; port++) if (!within(port, exemptPorts)) return port;
  throw failed('each of intercept.ports is one of intercept.exemptPorts: nothing is diverted');
}
