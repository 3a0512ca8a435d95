import type { Channel } from '../channel/channel';
import { limits, type Micros } from '../limits';
import type { Swarm } from '../swarm/swarm';
import type { HandshakeMessage } from '../wire/message';
import type { Candidate } from './effects';
import { freshId, makeChannel, type Hall } from './hall';

/** Opens channels to peers that we call. RFC 7574 section 3.1.1. */
export class Caller {
  constructor(private readonly hall: Hall) {}

  /** False when there is no room for calls of ours. */
  get mayCall(): boolean {
    return !this.hall.channels.full;
  }

  /** Calls a peer. */
  call(swarm: Swarm, { address, origin }: Candidate, now: Micros): Channel {
    const { portFor, servesCalled: serves } = this.hall.config;
    // Whom nobody but another peer named may never have heard of us; and of many some are gone: those make room soon.
    const isDispensable = origin === 'exchange' || origin === 'subscriber' || swarm.candidates.abundant(now);
    const triesMax = isDispensable ? limits.exchangeTries : limits.handshakeTries;
    const place = { id: freshId(this.hall), address, port: portFor(address) };
    const channel = makeChannel(this.hall, swarm, { ...place, initiated: true, serves, fetches: true, triesMax, now });
    this.hall.channels.add(channel);
    this.send(channel, channel.initiation(now));
    return channel;
  }

  /** Calls a peer that has not answered once more. */
  callAgain(channel: Channel, now: Micros): void {
    this.send(channel, channel.initiation(now));
    this.hall.touch(channel);
  }

  /** Asks a peer that is silent whether it still knows the channel. */
  inquire(channel: Channel, now: Micros): void {
    this.send(channel, channel.initiationAgain(now));
  }

  private send({ address: to, port, dialect }: Channel, handshake: HandshakeMessage): void {
    for (const bytes of this.hall.envelope.pack(0, [handshake], dialect))
      this.hall.push({ kind: 'send', to, from: undefined, port, bytes });
  }
}
