import { hashText } from '@weir/ppspp';
import type { PeerAddress } from '../message/fields';
import { type RenderedPeer, renderPeer } from '../message/peer-info';

/** Priorities that we list peers with: "The larger the value, the higher the priority" (RFC 7846 table 3). */
export const listPriority = { superNode: 2, peer: 1 } as const;

/** An address of a registered peer, in the form in which other peers hear of it. Its text is made once. */
export class RegisteredAddress implements RenderedPeer {
  /** Differs for most addresses, so that they need not be compared as texts. */
  readonly hash: number;
  private text: string | undefined = undefined;

  constructor(
    readonly peerId: string,
    /** With the priority that it is listed with: what a peer says of itself is no rank among others. */
    readonly address: PeerAddress,
    /** The peer's own, which ranks its addresses. */
    readonly priority: number,
    /** Whether it was proven to be the peer's. Others are never listed. */
    public proven: boolean,
  ) {
    // 31 bits: a small integer, which takes no memory of its own.
    this.hash = hashText(address.ip, address.port) >>> 1;
  }

  get json(): string {
    return (this.text ??= renderPeer(this));
  }

  isAt(other: RegisteredAddress): boolean {
    return this.hash === other.hash && isSamePlace(this.address, other.address);
  }
}

/** The address as that of a super node, for those whom it serves. */
export function preferred({ peerId, address }: RegisteredAddress): RegisteredAddress {
  const { superNode } = listPriority;
  return new RegisteredAddress(peerId, { ...address, priority: superNode }, superNode, true);
}

/** Whether it is the same address, whatever is said of it. */
export function isSamePlace(one: Place, other: Place): boolean {
  return one.port === other.port && one.ip === other.ip;
}

/** Where a peer can be reached. */
export interface Place {
  readonly ip: string;
  readonly port: number;
}
