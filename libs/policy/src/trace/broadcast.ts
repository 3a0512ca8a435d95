import type { Random } from './random';
import type { Watched } from './sessions';
import { Zipf } from './zipf';

/** Live channels. */
export interface BroadcastSettings {
  readonly channels: number;
  /** How many subscribers ask for a segment of a channel, on average over the channels. */
  readonly viewers: number;
  readonly subscribers: number;
}

/** Of channels a few have most of the viewers. */
const channelAlpha = 1;
/** Share of the viewers that watch later than the others, anywhere in the last `shiftSegmentsMax` segments. */
const shiftedShare = 0.05;
const shiftSegmentsMax = 600;
/** Chance that a viewer is one more segment behind the newest. */
const behind = 0.5;
/** Titles of channels are counted from here on: no catalogue is so large. */
export const firstChannel = 2 ** 31;

/** Channels that all go on at one pace: a new segment of each whenever the current ones had their viewers. */
export class Broadcast {
  private readonly popularity: Zipf;
  private asked = 0;

  constructor(
    private readonly settings: BroadcastSettings,
    private readonly random: Random,
  ) {
    this.popularity = new Zipf(settings.channels, channelAlpha, 0);
  }

  /** What is asked for next. */
  next(into: Watched): void {
    const { channels, viewers, subscribers } = this.settings;
    const newest = Math.floor(this.asked++ / (channels * viewers));
    into.title = firstChannel + this.popularity.draw(this.random);
    into.segment = Math.max(newest - this.lag(), 0);
    into.subscriber = this.random.below(subscribers);
  }

  private lag(): number {
    if (this.random.unit() < shiftedShare) return this.random.below(shiftSegmentsMax);
    let lag = 0;
    while (this.random.unit() < behind) lag++;
    return lag;
  }
}
