import { peekChannel, shardOfChannel, shardOfSwarm, swarmIdOf, type Shard } from '@weir/ppspp';

/**
 * The thread that a datagram belongs to: that which has its channel, or the swarm that its HANDSHAKE names. What is neither any
 * thread may judge: it stays where it is.
 */
export function ownerOf(bytes: Uint8Array, { index, count }: Shard): number {
  const channel = peekChannel(bytes);
  if (count === 1 || channel === undefined) return index;
  if (channel === 0) return ownerOfSwarm(swarmIdOf(bytes), { index, count });
  const owner = shardOfChannel(channel);
  return owner < count ? owner : index;
}

function ownerOfSwarm(swarmId: string | undefined, { index, count }: Shard): number {
  return swarmId === undefined ? index : shardOfSwarm(swarmId, count);
}
