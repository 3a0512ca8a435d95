import type { Machine } from './machine';
import type { Problem } from './problem';

/** What the process must be allowed (capabilities(7)), by the bit in `/proc/self/status`. */
const needed = [
  { name: 'CAP_NET_BIND_SERVICE', bit: 10n, why: 'answers from ports below 1024' },
  { name: 'CAP_NET_ADMIN', bit: 12n, why: 'rules and transparent sockets' },
  { name: 'CAP_NET_RAW', bit: 13n, why: 'transparent sockets' },
] as const;

const remedy =
  'grant it as the systemd unit does (AmbientCapabilities=CAP_NET_ADMIN CAP_NET_RAW CAP_NET_BIND_SERVICE), or run as root';

/** nft and ip change the rules for us: what a process may, its children may only if it is ambient, or for root. */
const ambientRemedy =
  'grant it as ambient, by AmbientCapabilities= of systemd or setpriv --inh-caps +net_admin --ambient-caps +net_admin; ' +
  'file capabilities do not reach nft and ip';

/** What the process lacks. Root in a container may lack some, too. */
export function capabilityProblems({ read, isRoot }: Machine): Problem[] {
  const status = read('self/status') ?? '';
  const effective = bitsOf(status, 'CapEff');
  const missing = needed.filter(({ bit }) => !hasBit(effective, bit));
  const problems = missing.map(({ name, why }) => ({ what: `this process lacks ${name} (for ${why})`, remedy }));
  const admin = 12n;
  if (isRoot || !hasBit(effective, admin) || hasBit(bitsOf(status, 'CapAmb'), admin)) return problems;
  return [...problems, { what: 'CAP_NET_ADMIN does not reach what this process starts', remedy: ambientRemedy }];
}

/** Whether the process may change rules at all, so that the kernel's answers mean something. */
export function mayChangeRules(machine: Machine): boolean {
  return !capabilityProblems(machine).some(({ what }) => what.includes('CAP_NET_ADMIN'));
}

function bitsOf(status: string, field: string): bigint {
  const [, hex = '0'] = new RegExp(`^${field}:\\s*([\\da-f]+)$`, 'm').exec(status) ?? [];
  return BigInt(`0x${hex}`);
}

function hasBit(bits: bigint, bit: bigint): boolean {
  return (bits / 2n ** bit) % 2n === 1n;
}
