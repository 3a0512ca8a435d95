import { parseIp, type Prefix, prefixContains, PrefixTable } from '@weir/ppspp';
import type { SuperNode } from './options';
import type { PeerRegistration } from './peer-registration';
import { listPriority, type Place, preferred, RegisteredAddress } from './registered-address';

/** The super nodes that the tracker's operator configured: which peers are such, and whom they serve. */
export class SuperNodes {
  private readonly nodes: PrefixTable<SuperNode>;
  private readonly subscribers: PrefixTable<readonly SuperNode[]>;
  private readonly forEveryone: readonly SuperNode[];
  private readonly isEmpty: boolean;
  private readonly known = new Map<SuperNode, RegisteredAddress>();
  private readonly forSubscribers = new WeakMap<RegisteredAddress, RegisteredAddress>();
  private readonly registered = new Map<SuperNode, Set<PeerRegistration>>();

  constructor(configured: readonly SuperNode[]) {
    this.isEmpty = configured.length === 0;
    for (const node of configured) if (node.address !== undefined) this.known.set(node, named(node.address));
    // Of two that name one prefix the earlier counts.
    this.nodes = new PrefixTable(
      configured.toReversed().flatMap((node) => node.nodes.map((at) => [at, node] as const)),
    );
    this.subscribers = new PrefixTable(subscribersOf(configured));
    this.forEveryone = configured.filter(({ subscribers }) => subscribers.length === 0);
  }

  /** The one whose nodes are at one of these addresses. */
  at(ips: readonly string[]): SuperNode | undefined {
    if (this.isEmpty) return undefined;
    for (const ip of ips) {
      const node = this.nodes.find(parseIp(ip) ?? []);
      if (node !== undefined) return node;
    }
    return undefined;
  }

  /**
   * Of the proven addresses of a peer, those to list. Whoever is a super node for what it claims alone, and does not speak from
   * there, is listed with nothing else: that a cache answers at an address does not make it the claimant's.
   */
  addressesOf({ superNode, ip }: PeerRegistration, proven: readonly RegisteredAddress[]): readonly RegisteredAddress[] {
    if (superNode === undefined || this.at([ip]) !== undefined) return proven;
    return proven.filter(({ address }) => this.at([address.ip]) === superNode);
  }

  /** Those that are there for a peer at these addresses. */
  serving(ips: readonly string[]): ReadonlySet<SuperNode> {
    const serving = new Set(this.forEveryone);
    if (this.isEmpty) return serving;
    for (const ip of ips) for (const node of this.subscribers.find(parseIp(ip) ?? []) ?? []) serving.add(node);
    return serving;
  }

  /** The registered peers that are nodes of it. */
  peers(node: SuperNode): ReadonlySet<PeerRegistration> {
    return this.registered.get(node) ?? new Set();
  }

  /** The addresses of a node as those whom it serves hear of them. */
  preferred({ listed }: PeerRegistration): readonly RegisteredAddress[] {
    return listed.map((address) => {
      const kept = this.forSubscribers.get(address) ?? preferred(address);
      this.forSubscribers.set(address, kept);
      return kept;
    });
  }

  /** Where it is by its configuration. */
  configured(node: SuperNode): RegisteredAddress | undefined {
    return this.known.get(node);
  }

  enter(peer: PeerRegistration): void {
    if (peer.superNode === undefined) return;
    const peers = this.registered.get(peer.superNode) ?? new Set();
    this.registered.set(peer.superNode, peers.add(peer));
  }

  leave(peer: PeerRegistration): void {
    if (peer.superNode !== undefined) this.registered.get(peer.superNode)?.delete(peer);
  }
}

/** A super node that is known from the configuration alone: its address is its name. */
function named({ ip, port }: Place): RegisteredAddress {
  const { superNode: priority } = listPriority;
  return new RegisteredAddress(`${ip}:${String(port)}`, { ip, port, priority, type: 'HOST' }, priority, true);
}

/** For each prefix of subscribers all super nodes that serve it whole: of nested prefixes a table finds the longest alone. */
function subscribersOf(configured: readonly SuperNode[]): (readonly [Prefix, readonly SuperNode[]])[] {
  const prefixes = configured.flatMap(({ subscribers }) => subscribers);
  return prefixes.map((prefix) => [prefix, configured.filter((node) => serves(node, prefix))] as const);
}

function serves({ subscribers }: SuperNode, { bytes, length }: Prefix): boolean {
  return subscribers.some((prefix) => prefix.length <= length && prefixContains(prefix, bytes));
}
