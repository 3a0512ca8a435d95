import type { InterceptOptions } from './plan';

/** A configuration that intercepts on `eth0`, with what is given in place of the rest. */
export function interceptOptions(
  intercept: Partial<InterceptOptions['intercept']> = {},
  others: Partial<Omit<InterceptOptions, 'intercept'>> = {},
): InterceptOptions {
  return {
    intercept: {
      enabled: true,
      inside: ['eth0'],
      outside: [],
      exemptSubscribers: [],
      exemptDestinations: [],
      ports: [],
      exemptPorts: [{ first: 53, last: 53 }],
      udpPort: 9100,
      tcpPort: 9180,
      newFlowsPerSecond: 2_000,
      trackers: [],
      ...intercept,
    },
    subscribers: [{ ip: '100.64.0.0', length: 10, family: 'ipv4' }],
    ppspp: { listen: [{ port: 6778 }] },
    datapath: { threads: 1 },
    ...others,
  };
}
