import { z } from 'zod';
import type { Namespace } from '../namespaces';
import { families, type Family } from './addresses';
import type { Place } from './agent';

/** What a witness counts apart: initiating HANDSHAKEs (RFC 7574 section 8.4) of version 1, and all datagrams. */
export type Kind = 'handshakes' | 'datagrams';

/** A flow in one direction, and what was seen of it. */
export interface SeenFlow {
  readonly from: Place;
  readonly to: Place;
  readonly packets: number;
  /** Octets of IP packets. */
  readonly bytes: number;
}

/** Where it looks: a hook of netfilter, and what else must hold of a packet, in words of nft that may differ by family. */
export interface Post {
  readonly hook: 'prerouting' | 'input' | 'forward' | 'output' | 'postrouting';
  readonly condition?: string | Readonly<Record<Family, string>>;
}

const isHandshake = '@th,64,40 0 @th,136,16 0x0001';

const listing = z.object({
  nftables: z.array(
    z.union([
      z.object({
        set: z.object({
          elem: z
            .array(
              z.object({
                elem: z.object({
                  val: z.object({ concat: z.tuple([z.string(), z.number(), z.string(), z.number()]) }),
                  counter: z.object({ packets: z.number(), bytes: z.number() }),
                }),
              }),
            )
            .default([]),
        }),
      }),
      z.object({ metainfo: z.unknown() }),
    ]),
  ),
});

/** Counts the UDP datagrams that pass a point of a namespace, by flow. It lets everything pass. */
export class Witness {
  private readonly table: string;

  constructor(
    private readonly namespace: Namespace,
    name: string,
    { hook, condition = '' }: Post,
  ) {
    this.table = `witness_${name}`;
    const conditions = typeof condition === 'string' ? { 4: condition, 6: condition } : condition;
    namespace.run('nft -f -', rules(this.table, hook, conditions));
  }

  /** All flows that it saw, with a packet at least. */
  flows(kind: Kind): readonly SeenFlow[] {
    return families.flatMap((family) => this.list(kind, family));
  }

  /** Packets of the flows that fit. */
  packets(kind: Kind, fits: Partial<Record<'from' | 'to', Partial<Place>>> = {}): number {
    const same = (one: Place, { ip = one.ip, port = one.port }: Partial<Place> = {}) =>
      one.ip === ip && one.port === port;
    return this.flows(kind)
      .filter(({ from, to }) => same(from, fits.from) && same(to, fits.to))
      .reduce((sum, { packets }) => sum + packets, 0);
  }

  private list(kind: Kind, family: Family): SeenFlow[] {
    const listed: unknown = JSON.parse(this.namespace.run(`nft -j list set inet ${this.table} ${kind}${family}`));
    const { nftables } = listing.parse(listed);
    return nftables
      .flatMap((entry) => ('set' in entry ? entry.set.elem : []))
      .map(({ elem }) => {
        const [ip, port, toIp, toPort] = elem.val.concat;
        return { from: { ip, port }, to: { ip: toIp, port: toPort }, ...elem.counter };
      });
  }
}

function rules(table: string, hook: string, conditions: Readonly<Record<Family, string>>): string {
  const sets = families.flatMap((family) =>
    ['handshakes', 'datagrams'].map((kind) => `set ${kind}${family} { ${setOf(family)} }`),
  );
  const key = (family: Family) =>
    `{ ip${family === 6 ? '6' : ''} saddr . udp sport . ip${family === 6 ? '6' : ''} daddr . udp dport }`;
  const lines = families.flatMap((family) => {
    const start = `meta nfproto ipv${family} meta l4proto udp ${conditions[family]}`;
    return [
      `${start} update @datagrams${family} ${key(family)}`,
      `${start} ${isHandshake} update @handshakes${family} ${key(family)}`,
    ];
  });
  // After everybody else at its hook, so that it sees what others have decided.
  const head = `type filter hook ${hook} priority 300; policy accept;`;
  return [`table inet ${table} {`, ...sets, 'chain watch {', head, ...lines, '}', '}', ''].join('\n');
}

function setOf(family: Family): string {
  const address = `ipv${family}_addr`;
  return `type ${address} . inet_service . ${address} . inet_service; size 65535; flags dynamic; counter;`;
}
