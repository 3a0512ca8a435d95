import type { RulePlan } from './plan';

/** A setting of the kernel's that interception rests on. */
export interface Sysctl {
  /** Below `/proc/sys`. */
  readonly path: string;
  /** Values that serve, the one to be set first. */
  readonly serves: readonly [string, ...string[]];
  readonly why: string;
}

/**
 * This machine forwards what it does not divert; of IPv6 only where there are subscribers who speak it, since a machine that begins
 * to forward no longer takes its own default route from others. And strict reverse-path filtering (RFC 3704 section 2.2) drops packets
 * whose sender would be answered by another interface, which is common where traffic is led past a cache; the kernel takes
 * the stricter of what holds for all and for one interface.
 */
export function sysctlsOf(plan: Pick<RulePlan, 'inside' | 'ipv6' | 'subscribers'>): readonly Sysctl[] {
  const { inside, subscribers } = plan;
  const ipv6 = plan.ipv6 && subscribers.some(({ family }) => family === 'ipv6');
  const forwarding = 'subscribers are cut off where nothing is forwarded';
  return [
    { path: 'net/ipv4/ip_forward', serves: ['1'], why: forwarding },
    ...(ipv6 ? [{ path: 'net/ipv6/conf/all/forwarding', serves: ['1', '2'] as const, why: forwarding }] : []),
    ...['all', ...inside].map((name) => ({
      path: `net/ipv4/conf/${name}/rp_filter`,
      serves: ['0', '2'] as const,
      why: 'strict filtering by reverse path drops what is routed asymmetrically',
    })),
  ];
}

/** As `sysctl -p` reads it. With slashes, since the name of an interface may have dots. */
export function sysctlLine({ path, serves }: Sysctl): string {
  return `${path} = ${serves[0]}`;
}
