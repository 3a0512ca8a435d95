import type { HandshakeFault } from '../channel/handshake';
import type { CertificateFault } from '../exchange/verdict';
import type { Refusal } from '../swarm/standing';
import type { WireFault } from '../wire/message';

/** Why a datagram, or a part of it, had no effect. Closed sets, so that they can label a metric. */
export type EndpointFault =
  | WireFault
  | HandshakeFault
  | CertificateFault
  | 'exchange-unasked'
  | 'exchange-flood'
  | 'exchange-plain'
  | 'exchange-address'
  | 'no-channel'
  | 'malformed'
  | 'wrong-address'
  | 'not-admitted'
  | 'banned'
  | 'table-full'
  | 'swarm-quota'
  | 'swarm-blocked'
  | 'overloaded'
  | 'slots-taken'
  | 'store-full'
  | 'budget-spent'
  | 'unconfirmed'
  | 'starved'
  | 'flow-passed'
  | 'data-not-asked'
  | 'data-several-chunks'
  | 'data-unproven'
  | 'data-wrong'
  | 'hash-wrong'
  | 'hash-budget'
  | 'queue-full';

/** What an endpoint did since it was made. Plain numbers: reading them is the metrics' business. */
export class EndpointCounters {
  datagramsIn = 0;
  datagramsOut = 0;
  /** Content bytes that verified, from peers we fetch from: cache-in. */
  fetchedBytes = 0;
  /** Content bytes sent in DATA messages, each counted once however often it was lost: cache-out. */
  servedBytes = 0;
  /** Content bytes sent to siblings and strangers, each counted once: in none of the others. */
  guestBytes = 0;
  /** Datagrams' payload bytes on the same channels. */
  guestDatagramBytes = 0;
  /** Content bytes served that were here before they were asked for. */
  hitBytes = 0;
  /** Content bytes served that had to be fetched for it. */
  missBytes = 0;
  /** Content bytes sent again because they were lost on their way. */
  repeatedBytes = 0;
  /** Content bytes that arrived and were already here. */
  duplicateBytes = 0;
  /** Datagrams sent on channels to subscribers, control messages and repetitions included, and their payload bytes. */
  servedDatagrams = 0;
  servedDatagramBytes = 0;
  /** Intercepted HANDSHAKEs that were answered, each channel counted once. */
  answeredHandshakes = 0;
  extentsWritten = 0;
  extentsCorrupt = 0;
  readonly faults = new Map<EndpointFault, number>();
  /** Peers that were named and are not called, each time that they are named, by why. */
  readonly refusedPeers = new Map<Refusal, number>();
  /** Intercepted HANDSHAKEs that were given back to be passed on, by why. */
  readonly passedHandshakes = new Map<EndpointFault, number>();

  fault(fault: EndpointFault): void {
    this.faults.set(fault, (this.faults.get(fault) ?? 0) + 1);
  }

  /** A peer that was named is not called. */
  refusedPeer(refusal: Refusal): void {
    this.refusedPeers.set(refusal, (this.refusedPeers.get(refusal) ?? 0) + 1);
  }

  /** An intercepted HANDSHAKE is given back. */
  passed(fault: EndpointFault): void {
    this.passedHandshakes.set(fault, (this.passedHandshakes.get(fault) ?? 0) + 1);
  }

  /** A datagram of so many bytes is sent on a channel that we serve. */
  serving(bytes: number, isGuest = false): void {
    if (isGuest) {
      this.guestDatagramBytes += bytes;
      return;
    }
    this.servedDatagrams++;
    this.servedDatagramBytes += bytes;
  }
}
