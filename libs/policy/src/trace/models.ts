import { Broadcast } from './broadcast';
import { Catalogue } from './catalogue';
import { Random } from './random';
import { Sessions, type Watched } from './sessions';
import type { ModelName, ModelSettings } from './settings';

/** A request of a trace: a segment of a title, or of a channel. Filled in again for each request. */
export interface TraceRequest extends Watched {
  /** Since the beginning, in whole milliseconds. */
  millis: number;
  bytes: number;
  live: boolean;
}

/** What a trace is made of. */
export interface TraceModel {
  /** Whether its lines say which requests are live. */
  readonly hasLive: boolean;
  /** Whether titles are cut into segments. */
  readonly hasSegments: boolean;
  /** The next request, written into `into`. The same for the same seed and settings, for ever. */
  next(into: TraceRequest): void;
}

/** An empty request, to be filled in. */
export function blankRequest(): TraceRequest {
  return { millis: 0, title: 0, segment: 0, bytes: 0, subscriber: 0, live: false };
}

const secondsOfDay = 86_400;

/** A model by its name. `requests` is how many the trace is to have: they are spread over `settings.days`. */
export function createModel(name: ModelName, settings: ModelSettings, seed: number, requests: number): TraceModel {
  const random = new Random(seed);
  const clock = new Clock((settings.days * secondsOfDay) / requests, random);
  const catalogue = new Catalogue(settings, random);
  const source = { settings, random, clock, catalogue };
  switch (name) {
    case 'zipf':
    case 'mzipf':
      return new Objects(source);
    case 'vod':
      return new Vod(source);
    case 'mixed':
      return new Mixed(source);
  }
}

interface Source {
  readonly settings: ModelSettings;
  readonly random: Random;
  readonly clock: Clock;
  readonly catalogue: Catalogue;
}

/** Requests that come whenever they like, so many in a time. */
class Clock {
  private seconds = 0;

  constructor(
    private readonly secondsEach: number,
    private readonly random: Random,
  ) {}

  tick(into: TraceRequest): number {
    this.seconds += this.random.exponential() * this.secondsEach;
    into.millis = Math.floor(this.seconds * 1_000);
    return this.seconds;
  }
}

/** Each request is for an object of its own worth, whatever was asked before. */
class Objects implements TraceModel {
  readonly hasLive = false;
  readonly hasSegments = false;

  constructor(private readonly source: Source) {}

  next(into: TraceRequest): void {
    const { settings, random, clock, catalogue } = this.source;
    into.title = catalogue.draw(clock.tick(into));
    into.segment = 0;
    into.bytes = settings.bytes;
    into.subscriber = random.below(settings.subscribers);
    into.live = false;
  }
}

class Vod implements TraceModel {
  readonly hasLive = false;
  readonly hasSegments = true;
  private readonly sessions: Sessions;

  constructor(private readonly source: Source) {
    this.sessions = new Sessions(source.settings, source.catalogue, source.random);
  }

  next(into: TraceRequest): void {
    this.sessions.next(this.source.clock.tick(into), into);
    into.bytes = this.source.settings.bytes;
    into.live = false;
  }
}

class Mixed implements TraceModel {
  readonly hasLive = true;
  readonly hasSegments = true;
  private readonly sessions: Sessions;
  private readonly broadcast: Broadcast;

  constructor(private readonly source: Source) {
    const { settings, catalogue, random } = source;
    this.sessions = new Sessions(settings, catalogue, random);
    this.broadcast = new Broadcast(settings, random);
  }

  next(into: TraceRequest): void {
    const { settings, random, clock } = this.source;
    const seconds = clock.tick(into);
    into.live = random.unit() < settings.liveShare;
    into.bytes = settings.bytes;
    if (into.live) this.broadcast.next(into);
    else this.sessions.next(seconds, into);
  }
}
