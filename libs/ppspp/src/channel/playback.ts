import { second, type Micros } from '../limits';

/** What a peer asks for is counted over spans of this length, in which a player fills its buffer once or several times. */
const span: Micros = 2 * second;

/** A peer that asked for nothing for so long has paused: that says nothing of how fast it plays. */
const pause: Micros = 5 * second;

/** However much one REQUEST names, it asks for no more in a moment. */
const chunksMax = 2 ** 20;

/** How fast a peer goes on through a content: as it plays, for it asks for what it is about to play, or as it is served. */
export class Playback {
  /** Chunks for each second; undefined until it has asked for a while. */
  rate: number | undefined;
  private count = 0;
  private begunAt: Micros;
  private askedAt: Micros;

  constructor(now: Micros) {
    this.begunAt = now;
    this.askedAt = now;
  }

  /** It asks for so many chunks. Where they are does not matter: whoever seeks plays on as fast. */
  ask(chunks: number, now: Micros): void {
    if (now - this.askedAt > pause) this.restart(now);
    else if (now - this.begunAt >= span) this.conclude(now);
    this.askedAt = now;
    this.count += Math.min(chunks, chunksMax);
  }

  private conclude(now: Micros): void {
    const rate = (this.count * second) / (now - this.begunAt);
    this.rate = this.rate === undefined ? rate : (this.rate + rate) / 2;
    this.restart(now);
  }

  private restart(now: Micros): void {
    this.count = 0;
    this.begunAt = now;
  }
}
