import type { Throttle } from '../budget/throttle';
import type { Channel } from '../channel/channel';
import type { EndpointCounters } from '../endpoint/counters';
import type { Effect } from '../endpoint/effects';
import type { ExtentCache } from '../endpoint/extent-cache';
import type { ExchangeConfig } from '../exchange/config';
import type { Micros } from '../limits';
import type { SwarmId } from './metadata';
import type { Preference } from './preference';

/** What a swarm shares with the endpoint's other swarms. */
export interface SwarmContext {
  readonly cache: ExtentCache;
  readonly counters: EndpointCounters;
  /** Content larger than this is fetched only where subscribers are about to need it. */
  readonly backgroundBytesMax: number;
  /** How far ahead of what subscribers play is fetched. */
  readonly readAhead?: Micros | undefined;
  readonly exchange: ExchangeConfig;
  readonly preference: Preference;
  readonly throttle: Throttle;
  /** 32 unpredictable bits. */
  random(): number;
  push(effect: Effect): void;
  /** A peer asks for chunks; true if it is served. */
  admits(channel: Channel, now: Micros): boolean;
  /** Something is to be sent on, or asked of, this channel. */
  touch(channel: Channel): void;
  /** What the swarm wants changed: whom to contact is to be decided anew. */
  stirred(swarmId: SwarmId): void;
  /** A peer of the swarm lied. */
  lied(channel: Channel): void;
}
