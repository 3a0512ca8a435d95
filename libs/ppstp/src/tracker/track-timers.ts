/** What has a track timer: it carries its place among the others. */
export interface Tracked<Peer> {
  lastHeard: number;
  earlier: Peer | undefined;
  later: Peer | undefined;
}

/**
 * The "track timers" of RFC 7846 section 2.3. All run for the same time, so that the one that was started last runs out
 * last: a list through the peers themselves, in which to restart one costs the same among a million.
 */
export class TrackTimers<Peer extends Tracked<Peer>> {
  private first: Peer | undefined;
  private last: Peer | undefined;

  constructor(private readonly trackMicros: number) {}

  start(peer: Peer, now: number): void {
    peer.lastHeard = now;
    peer.earlier = this.last;
    if (this.last === undefined) this.first = peer;
    else this.last.later = peer;
    this.last = peer;
  }

  restart(peer: Peer, now: number): void {
    this.stop(peer);
    this.start(peer, now);
  }

  stop(peer: Peer): void {
    if (peer.earlier === undefined) this.first = peer.later;
    else peer.earlier.later = peer.later;
    if (peer.later === undefined) this.last = peer.earlier;
    else peer.later.earlier = peer.earlier;
    peer.earlier = undefined;
    peer.later = undefined;
  }

  /** The peer whose timer has run out, the longest ago first; it stays until it is stopped. */
  expired(now: number): Peer | undefined {
    const { first } = this;
    return first !== undefined && first.lastHeard + this.trackMicros <= now ? first : undefined;
  }
}
