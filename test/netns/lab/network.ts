import { connect, endOf, Namespace } from '../namespaces';
import {
  cableBits,
  external,
  families,
  gateway,
  hosts,
  linkEnd,
  linkPrefixes,
  subscriber,
  subscriberPrefixes,
  type Family,
} from './addresses';

/** One namespace between subscribers and the Internet, and its interfaces. */
export interface Router {
  readonly namespace: Namespace;
  /** The interface to the subscribers' side. */
  readonly inside: string;
  /** The interface to the Internet's side. */
  readonly outside: string;
  /** Its address on the outside. */
  readonly address: Readonly<Record<Family, string>>;
}

/** Octets that crossed an interface, as the kernel counts them. */
export interface LinkOctets {
  readonly received: number;
  readonly sent: number;
}

/**
 * Subscribers, routers in a row, the Internet, and the cables between them. Any router may carry an appliance. Datagrams that
 * come from the Internet are single packets, as on a cable: trains of them exist within one machine only.
 */
export class Network {
  private constructor(
    readonly subscribers: Namespace,
    readonly routers: readonly Router[],
    readonly internet: Namespace,
  ) {}

  /** @param roles names of the routers, the subscribers' gateway first. */
  static build(roles: readonly string[]): Network {
    const [subscribers, internet] = [new Namespace('subscribers'), new Namespace('internet')];
    const between = roles.map((role) => new Namespace(role));
    const row = [subscribers, ...between, internet];
    for (const [index, namespace] of row.slice(1).entries()) connect(row[index] ?? subscribers, namespace);
    const routers = between.map((namespace, index) => ({
      namespace,
      inside: endOf(row[index] ?? subscribers),
      outside: endOf(row[index + 2] ?? internet),
      address: { 4: linkEnd(index + 1, 'inner', 4), 6: linkEnd(index + 1, 'inner', 6) },
    }));
    const network = new Network(subscribers, routers, internet);
    network.address(row);
    return network;
  }

  /** What crossed the outside of a router so far. */
  octets({ namespace, outside }: Router): LinkOctets {
    const read = (name: string) => Number(namespace.run(`cat /sys/class/net/${outside}/statistics/${name}`));
    return { received: read('rx_bytes'), sent: read('tx_bytes') };
  }

  /** Has subscribers get so much at most. */
  shapeInside(mbits: number): void {
    for (const { namespace, inside } of this.routers.slice(0, 1)) {
      namespace.run(`tc qdisc replace dev ${inside} root tbf rate ${mbits}mbit burst 32kb latency 100ms`);
    }
  }

  async end(): Promise<void> {
    for (const namespace of [this.subscribers, ...this.routers.map((router) => router.namespace), this.internet]) {
      await namespace.end();
    }
  }

  private address(row: readonly Namespace[]): void {
    const { subscribers, internet, routers } = this;
    const last = row.at(-2) ?? subscribers;
    const first = row[1] ?? internet;
    subscribers.configure(families.flatMap((family) => subscriberLines(endOf(first), family)));
    for (const [index, router] of routers.entries()) {
      const lines = families.flatMap((family) => routerLines(router, index, family));
      router.namespace.configure(lines);
      router.namespace.run(`sysctl -qw ${forwarding(router).join(' ')}`);
      if (index > 0) router.namespace.run(`ip link set ${router.inside} gso_max_segs 1`);
    }
    internet.configure(families.flatMap((family) => internetLines(endOf(last), routers.length, family)));
    internet.run(`ip link set ${endOf(last)} gso_max_segs 1`);
  }
}

function addressLine(ip: string, bits: number, device: string): string {
  return `address add ${ip}/${bits} dev ${device}${ip.includes(':') ? ' nodad' : ''}`;
}

function subscriberLines(device: string, family: Family): string[] {
  const bits = cableBits.subscribers[family];
  const own = Array.from({ length: hosts.subscribers }, (_, index) => subscriber(index + 1, family));
  return [...own.map((ip) => addressLine(ip, bits, device)), `route add default via ${gateway(family)} dev ${device}`];
}

function routerLines({ inside, outside }: Router, index: number, family: Family): string[] {
  const inward = linkEnd(index, 'inner', family);
  const lines = [
    index === 0
      ? addressLine(gateway(family), cableBits.subscribers[family], inside)
      : addressLine(linkEnd(index, 'outer', family), cableBits.link[family], inside),
    addressLine(linkEnd(index + 1, 'inner', family), cableBits.link[family], outside),
    `route add default via ${linkEnd(index + 1, 'outer', family)}`,
  ];
  if (index > 0) lines.push(...inwardRoutes(inward, family));
  return lines;
}

function internetLines(device: string, link: number, family: Family): string[] {
  const own = Array.from({ length: hosts.externals }, (_, index) => external(index + 1, family));
  return [
    addressLine(linkEnd(link, 'outer', family), cableBits.link[family], device),
    ...own.map((ip) => addressLine(ip, family === 4 ? 32 : 128, 'lo')),
    ...inwardRoutes(linkEnd(link, 'inner', family), family),
  ];
}

function inwardRoutes(via: string, family: Family): string[] {
  const prefixes = [family === 4 ? subscriberPrefixes[0] : subscriberPrefixes[1], linkPrefixes[family]];
  return prefixes.map((prefix) => `route add ${prefix} via ${via}`);
}

function forwarding({ inside, outside }: Router): string[] {
  const devices = ['all', 'default', inside, outside];
  return [
    'net.ipv4.ip_forward=1',
    'net.ipv6.conf.all.forwarding=1',
    ...devices.map((device) => `net.ipv4.conf.${device}.rp_filter=0`),
  ];
}
