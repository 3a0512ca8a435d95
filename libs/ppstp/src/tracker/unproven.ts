import { limits } from '../limits';
import type { PeerRegistration } from './peer-registration';
import { isSamePlace, type Place } from './registered-address';
import type { UnprovenAddress } from './views';

interface Claim {
  readonly peer: PeerRegistration;
  readonly place: Place;
}

/** Addresses that peers claim and have not proven, in the order in which they were first claimed. */
export class Unproven {
  private readonly claims = new Map<string, Claim>();

  /** Takes note of those of the peer's addresses that are new. */
  note(peer: PeerRegistration, before: PeerRegistration['addresses']): void {
    for (const held of peer.addresses) {
      const isNew = !before.some(({ address }) => isSamePlace(address, held.address));
      if (held.proven || !isNew || this.claims.size >= limits.unprovenMax) continue;
      const { ip, port } = held.address;
      this.claims.set(`${peer.peerId} ${ip} ${String(port)}`, { peer, place: { ip, port } });
    }
  }

  /** Takes the first of them out: each is handed out once. Without those that were proven or forgotten meanwhile. */
  take(max: number): readonly UnprovenAddress[] {
    const taken: UnprovenAddress[] = [];
    for (const [key, { peer, place }] of this.claims) {
      if (taken.length >= max) break;
      this.claims.delete(key);
      const [membership] = peer.memberships.all();
      const isOpen = peer.addresses.some(({ address, proven }) => !proven && isSamePlace(address, place));
      if (membership === undefined || !isOpen) continue;
      taken.push({ peerId: peer.peerId, swarmId: membership.swarmId, address: place });
    }
    return taken;
  }
}
