import { normalIp } from '@weir/ppspp';
import { Abode } from './abode';
import { Catalogue } from './catalogue';
import type { RequestContext } from './context';
import type { TrackerOptions } from './options';
import type { PeerRegistration } from './peer-registration';
import { Registry } from './registry';
import { ResponseLists } from './response-lists';
import type { Random } from './sample';
import type { Seeker } from './seeker';
import { Selection } from './selection';
import { Unproven } from './unproven';

/** What answers to requests are made with. */
export class TrackerParts {
  readonly registry: Registry;
  readonly catalogue: Catalogue;
  readonly abode: Abode;
  readonly unproven = new Unproven();
  private readonly selection: Selection;

  constructor(
    readonly options: TrackerOptions,
    random: Random,
  ) {
    this.registry = new Registry(options);
    this.catalogue = new Catalogue(options.admission ?? 'any');
    this.abode = new Abode(options);
    this.selection = new Selection(this.registry.superNodes, random);
  }

  lists(): ResponseLists {
    return new ResponseLists(this.selection);
  }

  seeker(peer: PeerRegistration, { from, now }: RequestContext, { mode, wish }: Pick<Seeker, 'mode' | 'wish'>): Seeker {
    const asn = peer.asn ?? this.abode.asnOf(from.ip);
    return { peer, from: from.ip, asn, mode, wish, now };
  }

  /** The peer asked from there: that proves the addresses which it has there. */
  proveFrom(peer: PeerRegistration, ip: string): void {
    const proven = peer.addresses.filter((held) => !held.proven && this.abode.isProvenBy(held.address.ip, ip));
    this.registry.prove(peer, proven);
  }
}

/** The context with addresses as we compare them; an IPv4 address has one form only. */
export function normalContext(context: RequestContext): RequestContext {
  const { ip, port } = context.from;
  return ip.includes(':') ? { ...context, from: { ip: normalIp(ip) ?? ip, port } } : context;
}
