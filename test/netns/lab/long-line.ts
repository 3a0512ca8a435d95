import type { Router } from './network';

/** How far away the Internet is: each figure is that of either direction. */
export interface LineHabits {
  readonly delayMillis: number;
  /** The share of datagrams that is lost, 0 to 1. */
  readonly loss: number;
  readonly mbits: number;
}

const rules = ({ inside, outside }: Router) => `
table inet line {
  chain divert {
    type filter hook prerouting priority mangle; policy accept;
    iifname { "${inside}", "${outside}" } fib daddr type unicast meta l4proto udp tproxy to :9000 meta mark set 1
  }
}
`;

/** Makes a router a long line for UDP. What it does ends with the router's namespace. */
export async function makeLongLine(router: Router, { delayMillis, loss, mbits }: LineHabits): Promise<void> {
  const { namespace } = router;
  for (const family of ['-4', '-6']) {
    namespace.run(`ip ${family} rule add fwmark 1 lookup 100`);
    namespace.run(`ip ${family} route add local default dev lo table 100`);
  }
  namespace.run('nft -f -', rules(router));
  await namespace.start('lab/line.ts', String(delayMillis), String(loss), String(mbits)).next();
}
