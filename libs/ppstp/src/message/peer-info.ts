import { type PeerAddress, writePeerAddress } from './fields';

/** `ppsp_tp_peer_info_t`: a peer at one address; a peer at several stands in the list several times. Section 3.2.4. */
export interface PeerInfo {
  readonly peerId: string;
  readonly address: PeerAddress;
}

/** A peer with its text, for a tracker that lists it many times. */
export interface RenderedPeer extends PeerInfo {
  /** What `renderPeer` makes of it. A response has it as it is. */
  readonly json: string;
}

/** A peer's entry in a list, as RFC 7846 section 3.2.4 defines it. */
export function renderPeer({ peerId, address }: PeerInfo): string {
  return JSON.stringify({ peer_id: peerId, peer_addr: writePeerAddress(address) });
}

/** The text of a peer's entry: the one that it has, or one made of it. */
export function peerJson(peer: PeerInfo | RenderedPeer): string {
  return 'json' in peer ? peer.json : renderPeer(peer);
}
