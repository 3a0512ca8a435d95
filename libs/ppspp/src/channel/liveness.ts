import { limits, type Micros } from '../limits';

/** When one channel was heard, and when something was sent on it. RFC 7574 sections 3.12 and 8.14. */
export class Liveness {
  heardAt: Micros;
  sentAt: Micros;
  private sentSinceHeard = 0;

  /** @param keepAlive how long nothing may be sent. */
  constructor(
    bornAt: Micros,
    private readonly keepAlive: Micros = limits.keepAlive,
  ) {
    this.heardAt = bornAt;
    this.sentAt = bornAt;
  }

  heard(now: Micros): void {
    this.heardAt = now;
    this.sentSinceHeard = 0;
  }

  sent(now: Micros): void {
    this.sentAt = now;
    this.sentSinceHeard++;
  }

  /** When the HANDSHAKE that was sent `tries` times is sent again, or given up. */
  retryAt(tries: number): Micros {
    return this.sentAt + Math.min(limits.handshakeRetryMax, limits.handshakeRetry * 2 ** Math.max(0, tries - 1));
  }

  /** When an empty datagram has to keep the channel alive. */
  get keepAliveAt(): Micros {
    return this.sentAt + this.keepAlive;
  }

  /** RFC 7574 section 3.12: three minutes of silence in spite of three datagrams. */
  get deathAt(): Micros {
    return this.sentSinceHeard >= limits.deadDatagrams ? this.heardAt + limits.deadAfter : Number.POSITIVE_INFINITY;
  }
}
