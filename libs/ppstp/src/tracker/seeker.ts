import type { PeerMode, PeerNumber } from '../message/request';
import type { PeerRegistration } from './peer-registration';

/** Who asks for peers of a swarm, and what may guide the choice. */
export interface Seeker {
  readonly peer: PeerRegistration;
  /** Where its request came from. */
  readonly from: string;
  readonly asn: string | undefined;
  /** What it is in the swarm; LEECH if it is not in it. */
  readonly mode: PeerMode;
  readonly wish: PeerNumber | undefined;
  readonly now: number;
}

/** The addresses by which a seeker is known for a subscriber. */
export function ipsOf({ peer, from }: Pick<Seeker, 'peer' | 'from'>): readonly string[] {
  return [from, ...peer.addresses.map(({ address }) => address.ip)];
}
