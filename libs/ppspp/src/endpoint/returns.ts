import type { Micros } from '../limits';
import { decodeHandshake, peekChannel } from '../wire/decode';
import type { EndpointFault } from './counters';
import type { Flow, InputOf } from './effects';
import type { FlowTable } from './flows';
import type { Hall } from './hall';

/** Gives datagrams back that are none of ours: what was intercepted is somebody else's, and can be passed on. */
export class Returns {
  constructor(
    private readonly hall: Hall,
    private readonly flows: FlowTable,
  ) {}

  /** Counts a datagram that is none of ours, and gives it back. */
  refuse(datagram: InputOf<'datagram'>, fault: EndpointFault, now: Micros): void {
    const { counters } = this.hall;
    counters.fault(fault);
    const isHandshake = datagram.origin !== undefined && isInitiation(datagram.bytes);
    if (isHandshake) counters.passed(fault);
    this.hall.push({ kind: 'not-ours', datagram, fault, flow: this.flowOf(datagram, isHandshake, now) });
  }

  private flowOf({ from, origin }: InputOf<'datagram'>, isHandshake: boolean, now: Micros): Flow {
    if (origin === undefined) return 'other';
    if (this.flows.has(from, origin)) return 'shared';
    // Said before it is looked at once more: of two endpoints, one of which answers now, at least one sees the other.
    this.flows.pass(from, origin, now);
    if (this.flows.has(from, origin)) return 'shared';
    return isHandshake || this.hall.parted.has({ from, origin }, now) ? 'content' : 'other';
  }
}

/** A HANDSHAKE that opens a channel in some swarm, whether or not we could serve it. RFC 7574 section 3.1.1. */
function isInitiation(bytes: Uint8Array): boolean {
  if (peekChannel(bytes) !== 0) return false;
  const decoded = decodeHandshake(bytes);
  return !('fault' in decoded) && decoded.handshake.channel !== 0 && decoded.handshake.options.swarmId !== undefined;
}
