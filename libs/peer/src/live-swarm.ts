import type { Swarm } from '@weir/ppspp';
import type { LiveSwarm } from './datapath-messages';

/** What an operator may know of an open swarm. */
export function describeSwarm(swarm: Swarm): LiveSwarm {
  const { metadata, chunkCount, holdings, fetching } = swarm;
  return {
    metadata,
    chunkCount,
    contentBytes: holdings.contentBytes,
    extentCount: holdings.extentCount,
    extentsHeld: holdings.held.size,
    complete: holdings.complete,
    fetching,
    subscribers: swarm.subscribers().length,
    sources: swarm.sources().length,
    servedBytes: swarm.servedBytes,
    fetchedBytes: swarm.received().reduce((total, { bytes }) => total + bytes, 0),
  };
}
