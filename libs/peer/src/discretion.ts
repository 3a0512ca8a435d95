import { reachableAddresses } from '@weir/datagram';
import { MembershipVerifier } from '@weir/membership';
import { addressKey, isNear, noExchange, type Address, type ExchangeConfig, type SwarmId } from '@weir/ppspp';
import type { CertificateCheck } from './certificate-check';
import type { DatapathExchange } from './datapath-messages';
import { ownCertificate, type OwnVerdict } from './own-certificate';
import { checkOf } from './sociable';

/**
 * What the appliance tells peers of others: external ones of external ones, and never of a subscriber; and subscribers of
 * nobody, since they are to be served from here, and an external peer would cost the transit that is to be saved. RFC 7574
 * section 3.10.
 */
export class Discretion {
  readonly config: ExchangeConfig;
  /** Undefined if no certificate is believed. */
  readonly check: CertificateCheck | undefined;
  private readonly verifier: MembershipVerifier | undefined;

  constructor(
    exchange: DatapathExchange | undefined,
    subscribers: { has(address: Address): boolean },
    local: () => readonly Address[],
  ) {
    const { plain = false, authorities = [] } = exchange ?? {};
    this.verifier = authorities.length === 0 ? undefined : new MembershipVerifier(authorities);
    this.check = this.verifier && checkOf(this.verifier);
    const isOwn = (address: Address): boolean =>
      local().some((one) => reachableAddresses(one).some((own) => addressKey(own) === addressKey(address)));
    this.config =
      exchange === undefined
        ? noExchange
        : {
            benign: (peer) => plain && isNear(peer) && !subscribers.has(peer),
            certified: this.verifier !== undefined,
            names: (member, asker) => !subscribers.has(member) && !subscribers.has(asker),
            // Subscribers are served, and never asked.
            own: (address) => isOwn(address) || subscribers.has(address),
          };
  }

  /** A certificate of ours, as peers will see it. */
  own(certificate: Uint8Array, swarmId: SwarmId): OwnVerdict {
    return ownCertificate(this.verifier, certificate, swarmId);
  }
}
