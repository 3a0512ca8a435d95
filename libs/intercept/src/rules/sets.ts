import { aliveSet, families, livingMap, probeSet, type Family } from './names';
import type { AddressPrefix, PortRange, RulePlan } from './plan';

/** A set or a map of the packet filter, and what it is declared with. */
export interface NamedSet {
  readonly kind: 'set' | 'map';
  readonly name: string;
  readonly lines: readonly string[];
}

/** A mark as our rules write it. */
export function mark(value: number): string {
  return `0x${value.toString(16)}`;
}

/** The sets that hold what was configured, by family where they hold addresses. */
export const setNames = {
  subscribers: (family: Family) => `subscribers_${family}`,
  exemptSubscribers: (family: Family) => `exempt_subscribers_${family}`,
  exemptDestinations: (family: Family) => `exempt_destinations_${family}`,
  trackers: (family: Family) => `trackers_${family}`,
  ports: 'ports',
  exemptPorts: 'exempt_ports',
  servicePorts: 'service_ports',
} as const;

const addressTypes = { ipv4: 'ipv4_addr', ipv6: 'ipv6_addr' } as const;

/** Every set and map: three that change while the appliance runs, and those that hold what was configured. */
export function setsOf(plan: RulePlan): readonly NamedSet[] {
  return [
    { kind: 'map', name: livingMap, lines: ['type ifname : mark', 'flags timeout'] },
    { kind: 'set', name: aliveSet, lines: ['type mark', 'flags timeout'] },
    { kind: 'set', name: probeSet, lines: ['type ipv4_addr', 'flags timeout'] },
    ...families.flatMap((family) => [
      prefixSet(setNames.subscribers(family), plan.subscribers, family),
      prefixSet(setNames.exemptSubscribers(family), plan.exemptSubscribers, family),
      prefixSet(setNames.exemptDestinations(family), plan.exemptDestinations, family),
      trackerSet(plan, family),
    ]),
    portSet(setNames.ports, plan.ports),
    portSet(setNames.exemptPorts, plan.exemptPorts),
    portSet(
      setNames.servicePorts,
      plan.servicePorts.map((port) => ({ first: port, last: port })),
    ),
  ];
}

function prefixSet(name: string, prefixes: readonly AddressPrefix[], family: Family): NamedSet {
  const elements = prefixes
    .filter((prefix) => prefix.family === family)
    .map(({ ip, length }) => `${ip}/${String(length)}`);
  return intervals(name, addressTypes[family], elements);
}

function portSet(name: string, ports: readonly PortRange[]): NamedSet {
  const elements = ports.map(({ first, last }) =>
    first === last ? String(first) : `${String(first)}-${String(last)}`,
  );
  return intervals(name, 'inet_service', elements);
}

/** Overlapping intervals are one to the kernel. */
function intervals(name: string, type: string, elements: readonly string[]): NamedSet {
  return { kind: 'set', name, lines: [`type ${type}`, 'flags interval', 'auto-merge', ...elementLines(elements)] };
}

function trackerSet({ trackers }: RulePlan, family: Family): NamedSet {
  const ofFamily = trackers.filter(({ ip }) => ip.includes(':') === (family === 'ipv6'));
  const elements = new Set(ofFamily.map(({ ip, port }) => `${ip} . ${String(port)}`));
  return {
    kind: 'set',
    name: setNames.trackers(family),
    lines: [`type ${addressTypes[family]} . inet_service`, ...elementLines([...elements])],
  };
}

function elementLines(elements: readonly string[]): string[] {
  return elements.length === 0 ? [] : [`elements = { ${elements.join(', ')} }`];
}
