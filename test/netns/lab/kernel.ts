import { z } from 'zod';
import { passedContentMark, passedOtherMark } from '@weir/datagram';
import type { Namespace } from '../namespaces';
import type { Place } from './agent';

/** What a connection mark says of a flow. */
export type FlowState = 'content' | 'other' | 'epoch' | 'untouched';

const counters = z.object({
  nftables: z.array(
    z.union([
      z.object({ counter: z.object({ name: z.string(), packets: z.number(), bytes: z.number() }) }),
      z.object({ metainfo: z.unknown() }),
    ]),
  ),
});

/** The rules' own counters, by name. */
export function ruleCounters(namespace: Namespace): Map<string, { packets: number; bytes: number }> {
  const listed: unknown = JSON.parse(namespace.run('nft -j list counters table inet weir'));
  const { nftables } = counters.parse(listed);
  return new Map(nftables.flatMap((entry) => ('counter' in entry ? [[entry.counter.name, entry.counter]] : [])));
}

/** Epochs that live: connection marks whose flows are diverted. None where there are no rules. */
export function aliveEpochs(namespace: Namespace): string[] {
  if (!namespace.run('nft list tables inet').includes('table inet weir\n')) return [];
  return namespace.run('nft list set inet weir alive').match(/0x[0-9a-f]{8}/g) ?? [];
}

/** The connection mark of a flow, as its first datagram went; undefined where there is no such flow. */
export function markOf(namespace: Namespace, from: Place, to: Place): number | undefined {
  const wanted = [`src=${expanded(from.ip)}`, `dst=${expanded(to.ip)}`, `sport=${from.port}`, `dport=${to.port}`];
  const lines = namespace.run('cat /proc/net/nf_conntrack').split('\n');
  const line = lines.find((one) => one.includes(wanted.join(' ')));
  return line === undefined ? undefined : Number(/mark=(\d+)/.exec(line)?.[1] ?? 0);
}

/** What the mark of a flow says. */
export function stateOf(mark: number | undefined): FlowState {
  if (mark === passedContentMark) return 'content';
  if (mark === passedOtherMark) return 'other';
  return mark === undefined || mark === 0 ? 'untouched' : 'epoch';
}

/** IPv6 addresses stand in full there. */
function expanded(ip: string): string {
  if (!ip.includes(':')) return ip;
  const [head = '', tail = ''] = ip.split('::');
  const [first, last] = [head, tail].map((part) => part.split(':').filter((word) => word !== ''));
  const zeros = Array.from({ length: 8 - (first?.length ?? 0) - (last?.length ?? 0) }, () => '0');
  return [...(first ?? []), ...zeros, ...(last ?? [])].map((word) => word.padStart(4, '0')).join(':');
}
