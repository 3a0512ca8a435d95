import { hexOf } from '../channel/handshake';
import { limits } from '../limits';
import type { SwarmId } from '../swarm/metadata';
import { decodeHandshake, peekChannel } from '../wire/decode';
import { hashText } from './hash-text';

/** One of several endpoints that share a UDP port, each with swarms of its own. */
export interface Shard {
  /** From 0 on. */
  readonly index: number;
  /** How many there are: `limits.shardsMax` at most. */
  readonly count: number;
}

/** Channel IDs of one shard: what its number in the upper bits leaves. */
const idsOfShard = 2 ** 32 / limits.shardsMax;

/**
 * The number of the endpoint whose channel this is, where several share a port: the upper four bits of its ID. So any of
 * them, and the kernel, can tell whose a datagram is by its first byte. RFC 7574 section 3.11 leaves it to us.
 */
export function shardOfChannel(id: number): number {
  return Math.floor(id / idsOfShard);
}

/** The endpoint that a swarm belongs to, with all its channels: the same for everybody who counts as many. */
export function shardOfSwarm(swarmId: SwarmId, count: number): number {
  return hashText(swarmId) % count;
}

/** A channel ID of the shard's own, out of 32 random bits: with a shard, 28 of them are left unpredictable. */
export function channelIdOf(random: number, shard: Shard | undefined): number {
  if (shard === undefined || shard.count <= 1) return random;
  return shard.index * idsOfShard + (random % idsOfShard);
}

/** The swarm that an initiating HANDSHAKE names; undefined if the datagram does not begin with one that can be answered. */
export function swarmIdOf(bytes: Uint8Array): SwarmId | undefined {
  if (peekChannel(bytes) !== 0) return undefined;
  const decoded = decodeHandshake(bytes.subarray(0, limits.openingBytesMax));
  if ('fault' in decoded || decoded.handshake.channel === 0) return undefined;
  const { swarmId } = decoded.handshake.options;
  return swarmId === undefined ? undefined : hexOf(swarmId);
}
