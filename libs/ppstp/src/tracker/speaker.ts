import type { RequestContext } from './context';
import type { PeerRegistration } from './peer-registration';
import { isSameLink } from './source-prefix';

/** Whether a requester may speak for a peer ID; `unauthenticated` if it has to prove who it is. */
export type Voice = 'own' | 'unauthenticated' | 'foreign';

/**
 * Peer IDs stand in everybody's lists, so that to name one proves nothing. A peer that a principal registered is that
 * principal's; another one is whose who asks from where it registered, or from an address that it named then.
 */
export function voiceOf(peer: PeerRegistration, { from, principal }: RequestContext): Voice {
  if (peer.principal === undefined) return isFromHome(peer, from.ip) ? 'own' : 'foreign';
  if (principal === undefined) return 'unauthenticated';
  return principal.name === peer.principal ? 'own' : 'foreign';
}

function isFromHome(peer: PeerRegistration, ip: string): boolean {
  const isHome = peer.ip === ip || isSameLink(peer.ip, ip);
  return isHome || peer.addresses.some(({ address }) => address.ip === ip);
}
