import {
  addressKey,
  isCallable,
  type Address,
  type Admission,
  type Candidate,
  parseIp,
  parsePrefix,
  peerIpUsable,
  type Prefix,
  PrefixTable,
  type Standing,
} from '@weir/ppspp';
import type { AddressPrefix } from './prefix-list';

/** Which peers are called first and which never, and who is answered beside subscribers. */
export interface PeerRulesSettings {
  readonly siblings: readonly AddressPrefix[];
  readonly near: readonly AddressPrefix[];
  readonly forbidden: readonly AddressPrefix[];
  /** Our own autonomous system; 0 if it is not known. */
  readonly asn: number;
  readonly forbiddenAsns: readonly number[];
  /** Which networks are in those systems, of a table; undefined if there is no table, and what trackers say has to do. */
  readonly networks?: readonly (readonly [Prefix, number])[] | undefined;
  /** Addresses of ours beside those that peers reach: what is sent there is never a peer's. */
  readonly reserved: readonly Address[];
  /** Strangers are answered, of what is complete here. */
  readonly visitors: boolean;
}

/** What nobody is told: all peers are alike, and nobody but subscribers is answered. */
export const noPeerRules: PeerRulesSettings = {
  siblings: [],
  near: [],
  forbidden: [],
  asn: 0,
  forbiddenAsns: [],
  reserved: [],
  visitors: false,
};

/** Who is who, beside what the rules say. */
export interface PeerKinds {
  readonly subscribers: { has(address: Address): boolean };
  /** Addresses of this machine. */
  readonly own: { has(address: Address): boolean };
  /** Where peers reach us, once that is known. */
  readonly listening: () => readonly Address[];
  /** We listen on loopback alone, so that other peers are on this machine, too. */
  readonly isLab: boolean;
}

/**
 * The one judge of peers that are to be called, whoever named them, and of those who call. What an operator forbids, and what could
 * only harm this machine or its link, is refused before anything is sent.
 */
export class PeerRules {
  private readonly siblings: PrefixTable<true>;
  private readonly near: PrefixTable<true>;
  private readonly forbidden: PrefixTable<true>;
  private readonly systems: PrefixTable<number>;
  private readonly forbiddenAsns: ReadonlySet<number>;
  private readonly reserved: ReadonlySet<string>;

  constructor(
    private readonly settings: PeerRulesSettings,
    private readonly kinds: PeerKinds,
  ) {
    this.siblings = tableOf(settings.siblings);
    this.near = tableOf(settings.near);
    this.forbidden = tableOf(settings.forbidden);
    this.systems = new PrefixTable(settings.networks ?? []);
    this.forbiddenAsns = new Set(settings.forbiddenAsns);
    this.reserved = new Set(settings.reserved.map(addressKey));
  }

  /** What is to be made of a peer that somebody named. */
  standing({ address, asn: said }: Candidate): Standing {
    const ip = parseIp(address.ip);
    if (ip === undefined || address.port < 1 || !peerIpUsable(address.ip, this.kinds.isLab)) return 'unusable';
    if (this.isOwn(address)) return 'own';
    const asn = this.systems.find(ip);
    const isForbidden = [asn, said].some((system) => system !== undefined && this.forbiddenAsns.has(system));
    if (isForbidden || this.forbidden.find(ip) === true) return 'forbidden';
    if (this.siblings.find(ip) === true) return 'sibling';
    if (this.kinds.subscribers.has(address)) return 'subscriber';
    return this.near.find(ip) === true || this.isOurSystem(asn, said) ? 'near' : 'far';
  }

  /** Whether an address that a subscriber called is somebody else's outside: whether he may be called is judged as of any other. */
  isOutside(address: Address): boolean {
    const standing = this.standing({ address, priority: 0 });
    return isCallable(standing) || standing === 'forbidden';
  }

  /** What is to be made of a peer that calls. */
  admission(from: Address): Admission {
    const { siblings, visitors } = this.settings;
    if (siblings.length > 0 && this.siblings.find(parseIp(from.ip) ?? []) === true) return 'share';
    if (this.kinds.subscribers.has(from)) return 'serve';
    return visitors && this.forbidden.find(parseIp(from.ip) ?? []) === undefined ? 'visit' : 'refuse';
  }

  /** In a lab others share our addresses, and have other ports. */
  private isOwn(address: Address): boolean {
    if (!this.kinds.isLab && this.kinds.own.has(address)) return true;
    const key = addressKey(address);
    return this.reserved.has(key) || this.kinds.listening().some((own) => addressKey(own) === key);
  }

  /** Where there is a table, nobody gets near by having a tracker say so. */
  private isOurSystem(found: number | undefined, said: number | undefined): boolean {
    const { asn, networks } = this.settings;
    return asn !== 0 && asn === (networks === undefined ? said : found);
  }
}

function tableOf(prefixes: readonly AddressPrefix[]): PrefixTable<true> {
  const entries = prefixes.flatMap(({ ip, length }): [Prefix, true][] => {
    const prefix = parsePrefix(`${ip}/${String(length)}`);
    return prefix === undefined ? [] : [[prefix, true]];
  });
  return new PrefixTable(entries);
}
