import type { Throttle } from '../budget/throttle';
import { Channel, type ChannelInit } from '../channel/channel';
import type { Envelope } from '../channel/envelope';
import type { Micros } from '../limits';
import type { Swarm } from '../swarm/swarm';
import type { Bans } from './bans';
import type { ChannelTable } from './channel-table';
import type { EndpointConfig } from './config';
import type { EndpointCounters } from './counters';
import type { Effect } from './effects';
import type { Parted } from './parted';
import { channelIdOf } from './shard';
import type { SwarmRules } from './swarm-rules';
import type { SwarmTable } from './swarm-table';

/** What those who open channels share with their endpoint. */
export interface Hall {
  readonly config: EndpointConfig;
  readonly channels: ChannelTable;
  readonly swarms: SwarmTable;
  readonly bans: Bans;
  readonly parted: Parted;
  readonly rules: SwarmRules;
  readonly throttle: Throttle;
  readonly counters: EndpointCounters;
  readonly envelope: Envelope;
  push(effect: Effect): void;
  /** True if one more peer could be served at once. */
  hasSlot(now: Micros): boolean;
  /** Closes a swarm, and ends its channels. */
  leave(swarm: Swarm): void;
  /** Something about the channel changed that the next drain has to look at. */
  touch(channel: Channel): void;
}

/** An unused, unpredictable ID other than 0; half-open channels are told apart by their address, too. RFC 7574 sections 3.11 and 8.3. */
export function freshId({ config, channels }: Hall): number {
  let id = 0;
  while (id === 0 || channels.find(id) !== undefined) id = channelIdOf(config.random(), config.shard);
  return id;
}

/** A new channel of a swarm, which the next drain looks at. */
export function makeChannel(hall: Hall, swarm: Swarm, init: Omit<ChannelInit, 'upload' | 'swarm'>): Channel {
  const { upload } = hall.config;
  const segmentBytes = Math.max(upload.segmentBytes, swarm.metadata.chunkSize);
  const channel = new Channel({ ...init, swarm, upload: { ...upload, segmentBytes } });
  swarm.members.add(channel);
  hall.touch(channel);
  return channel;
}
