import type { Address } from '@weir/ppspp';

/** Addresses that begin with the same bits, as an operator configured them. */
export interface AddressPrefix {
  readonly ip: string;
  readonly length: number;
  readonly family: 'ipv4' | 'ipv6';
}

/** Ports, both ends included. */
export interface PortRange {
  readonly first: number;
  readonly last: number;
}

/** What an operator decided, as far as rules depend on it. The configuration of an appliance is one of these. */
export interface InterceptOptions {
  readonly intercept: {
    readonly enabled: boolean;
    readonly inside: readonly string[];
    readonly outside: readonly string[];
    readonly exemptSubscribers: readonly AddressPrefix[];
    readonly exemptDestinations: readonly AddressPrefix[];
    readonly ports: readonly PortRange[];
    readonly exemptPorts: readonly PortRange[];
    readonly udpPort: number;
    readonly tcpPort: number;
    /** Flows that may begin within a second; more of them pass. */
    readonly newFlowsPerSecond: number;
    readonly trackers: readonly { readonly host: string; readonly port: number }[];
  };
  readonly subscribers: readonly AddressPrefix[];
  readonly ppspp: { readonly listen: readonly { readonly port: number }[] };
  readonly datapath: { readonly threads: number };
}

/** All that the rules follow from. */
export interface RulePlan extends Omit<InterceptOptions['intercept'], 'enabled' | 'trackers'> {
  readonly subscribers: readonly AddressPrefix[];
  readonly threads: number;
  readonly trackers: readonly Address[];
  /** Ports at which peers are answered under the appliance's own addresses. */
  readonly servicePorts: readonly number[];
  /** Whether this machine speaks IPv6 at all. */
  readonly ipv6: boolean;
}

/** What follows from a configuration. A port that the system is to choose has no rule: nobody knows it beforehand. */
export function planRules({ intercept, subscribers, ppspp, datapath }: InterceptOptions, ipv6: boolean): RulePlan {
  const { trackers, ...rules } = intercept;
  const servicePorts = [...new Set(ppspp.listen.map(({ port }) => port))].filter((port) => port !== 0);
  return {
    ...rules,
    subscribers,
    threads: datapath.threads,
    trackers: trackers.map(({ host, port }) => ({ ip: host, port })),
    servicePorts: servicePorts.sort((one, other) => one - other),
    ipv6,
  };
}
