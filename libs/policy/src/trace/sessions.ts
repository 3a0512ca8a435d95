import type { Catalogue } from './catalogue';
import { unitOf, type Random } from './random';

/** How people watch. */
export interface SessionSettings {
  /** Sessions at a time. */
  readonly sessions: number;
  /** Median of a title's segments. */
  readonly segments: number;
  /** Share of the sessions that end early. */
  readonly abandon: number;
  /** Chance of a jump after each segment. */
  readonly seek: number;
  readonly subscribers: number;
}

/** What somebody watches at a moment. */
export interface Watched {
  title: number;
  segment: number;
  subscriber: number;
}

/** Lengths of titles spread as e^(deviation × normal): most are short, a few are very long. */
const lengthDeviation = 0.9;
/** No title is longer than so many medians. */
const lengthMediansMax = 20;
/** Who leaves early watches this share of a title on average: most leave at once, some after half of it. */
const abandonedShare = 0.15;
/** Share of the sessions that go on where an earlier one, which the trace does not have, was left. */
const resumedShare = 0.08;

/**
 * A number of sessions at a time, each of which goes through a title segment by segment; who ends makes room for the next.
 * Any of them is as likely to ask next as another, so that sessions of one title follow one another at random distances.
 */
export class Sessions {
  private readonly titles: Uint32Array;
  private readonly positions: Uint32Array;
  /** Segments that the session still asks for. */
  private readonly left: Uint32Array;
  private readonly subscribers: Uint32Array;

  constructor(
    private readonly settings: SessionSettings,
    private readonly catalogue: Catalogue,
    private readonly random: Random,
  ) {
    const { sessions } = settings;
    this.titles = new Uint32Array(sessions);
    this.positions = new Uint32Array(sessions);
    this.left = new Uint32Array(sessions);
    this.subscribers = new Uint32Array(sessions);
  }

  /** What is asked for next, at a time in seconds. */
  next(seconds: number, into: Watched): void {
    const session = this.random.below(this.settings.sessions);
    if ((this.left[session] ?? 0) === 0) this.begin(session, seconds);
    into.title = this.titles[session] ?? 0;
    into.segment = this.positions[session] ?? 0;
    into.subscriber = this.subscribers[session] ?? 0;
    this.move(session);
  }

  private begin(session: number, seconds: number): void {
    const { random, settings } = this;
    const title = this.catalogue.draw(seconds);
    const length = this.lengthOf(title);
    const start = random.unit() < resumedShare ? random.below(length) : 0;
    const rest = length - start;
    const wanted = random.unit() < settings.abandon ? 1 + random.exponential() * abandonedShare * length : rest;
    this.titles[session] = title;
    this.positions[session] = start;
    this.left[session] = Math.min(Math.floor(wanted), rest);
    this.subscribers[session] = random.below(settings.subscribers);
  }

  /** To the next segment, or after a jump to any: then as much is watched as was left, or to the end. */
  private move(session: number): void {
    const left = (this.left[session] ?? 1) - 1;
    this.left[session] = left;
    this.positions[session] = (this.positions[session] ?? 0) + 1;
    if (left === 0 || this.random.unit() >= this.settings.seek) return;
    const length = this.lengthOf(this.titles[session] ?? 0);
    const position = this.random.below(length);
    this.positions[session] = position;
    this.left[session] = Math.min(left, length - position);
  }

  private lengthOf(title: number): number {
    const { segments } = this.settings;
    const normal = Math.sqrt(-2 * Math.log1p(-unitOf(title, 0x51ed))) * Math.cos(2 * Math.PI * unitOf(title, 0x2c1b));
    const length = Math.round(segments * Math.exp(lengthDeviation * normal));
    return Math.min(Math.max(length, 1), segments * lengthMediansMax);
  }
}
