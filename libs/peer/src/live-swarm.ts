import type { Swarm } from '@weir/ppspp';
import type { LiveSwarm } from './datapath-messages';

/** What an operator may know of an open swarm. */
export function describeSwarm(swarm: Swarm): LiveSwarm {
  const { metadata, chunkCount, holdings, fetching, servedBytes, fetchedBytes, members } = swarm;
  const subscribers = swarm.subscribers().length;
  return {
    metadata,
    chunkCount,
    contentBytes: holdings.contentBytes,
    extentCount: holdings.extentCount,
    extentsHeld: holdings.held.size,
    complete: holdings.complete,
    fetching,
    deferred: swarm.deferred,
    subscribers,
    guests: [...members.readers()].length - subscribers,
    sources: swarm.sources().length,
    servedBytes,
    fetchedBytes,
  };
}
