import { runTool, type InterceptOptions, type RunTool } from '@weir/intercept';
import { connect, endOf, Namespace } from './namespaces';

/** A subscriber, a point of presence and the Internet, one behind the other, without an appliance. */
export interface Row {
  readonly subscriber: Namespace;
  readonly pop: Namespace;
  readonly internet: Namespace;
  /** Names of the point of presence's interfaces. */
  readonly inside: string;
  readonly outside: string;
  readonly subscribers: InterceptOptions['subscribers'];
  /** Runs a tool inside the point of presence. */
  readonly inPop: RunTool;
  end(): Promise<void>;
}

/**
 * Lays a row of namespaces that forward IPv4 and IPv6. Of network N the subscriber has 10.N.1.2 and fdN:1::2, whoever is in the
 * Internet 10.N.2.2 and fdN:2::2, and the point of presence the same with .1 at its end.
 */
export function layRow(network: number): Row {
  const [subscriber, pop, internet] = [new Namespace('subscriber'), new Namespace('pop'), new Namespace('internet')];
  connect(subscriber, pop);
  connect(pop, internet);
  const [inside, outside] = [endOf(subscriber), endOf(internet)];
  subscriber.configure([...addresses(network, 1, 2, endOf(pop)), ...routes(network, 1)]);
  pop.configure([...addresses(network, 1, 1, inside), ...addresses(network, 2, 1, outside)]);
  internet.configure([...addresses(network, 2, 2, endOf(pop)), ...routes(network, 2)]);
  const filters = ['all', inside, outside].map((device) => `ipv4.conf.${device}.rp_filter=0`);
  for (const setting of ['ipv4.ip_forward=1', 'ipv6.conf.all.forwarding=1', ...filters])
    pop.run(`sysctl -qw net.${setting}`);
  return {
    ...{ subscriber, pop, internet, inside, outside },
    subscribers: [
      { ip: `10.${String(network)}.1.0`, length: 24, family: 'ipv4' },
      { ip: `fd${String(network)}:1::`, length: 64, family: 'ipv6' },
    ],
    inPop: (name, { args, ...rest }) => runTool('ip', { args: ['netns', 'exec', pop.name, name, ...args], ...rest }),
    end: async () => {
      for (const namespace of [subscriber, pop, internet]) await namespace.end();
    },
  };
}

function addresses(network: number, side: number, host: number, device: string): string[] {
  const [net, at] = [String(network), String(side)];
  return [
    `address add 10.${net}.${at}.${String(host)}/24 dev ${device}`,
    `address add fd${net}:${at}::${String(host)}/64 dev ${device} nodad`,
  ];
}

function routes(network: number, side: number): string[] {
  const [net, at] = [String(network), String(side)];
  return [`route add default via 10.${net}.${at}.1`, `route add default via fd${net}:${at}::1`];
}
