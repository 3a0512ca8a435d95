import type { SwarmId } from '@weir/ppspp';
import type { StreamStats } from '@weir/ppstp';
import type { LiveSwarm } from './datapath-messages';
import type { Traffic } from './swarm-traffic';

const none: Traffic = { servedBytes: 0, fetchedBytes: 0 };

/** What trackers are told of each swarm that is open, or in which anything was done since the start. RFC 7846 section 3.2.5. */
export function streamStatsOf(
  live: readonly LiveSwarm[],
  traffic: Iterable<readonly [SwarmId, Traffic]>,
  availableBandwidth: number,
): StreamStats[] {
  const links = new Map(live.map((swarm) => [swarm.metadata.swarmId, linksOf(swarm)]));
  const all = new Map<SwarmId, Traffic>([...[...links.keys()].map((swarmId) => [swarmId, none] as const), ...traffic]);
  return Array.from(all, ([swarmId, { servedBytes, fetchedBytes }]) => ({
    swarmId,
    uploadedBytes: servedBytes,
    downloadedBytes: fetchedBytes,
    availableBandwidth,
    concurrentLinks: links.get(swarmId) ?? 0,
  }));
}

function linksOf({ subscribers, guests, sources }: LiveSwarm): number {
  return subscribers + guests + sources;
}
