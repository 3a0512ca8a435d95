import { limits } from '@weir/ppspp';
import type { Peer } from './peer';
import { Violation } from './truth';

/** What no peer may ever exceed, whatever is sent to it. */
export function checkBounds(peer: Peer): void {
  const { channels, swarms } = peer.endpoint;
  expectWithin(peer, 'channels', channels.size, limits.channelsMax);
  expectWithin(peer, 'swarms', swarms.size, limits.swarmsMax);
  for (const swarm of swarms.all()) expectWithin(peer, 'members', swarm.members.size, channels.size);
  for (const { uploader, downloader } of channels.all()) {
    expectWithin(peer, 'runs of what a peer knows', uploader.known.runCount, limits.availabilityRunsMax);
    expectWithin(peer, 'runs of what a peer was told', uploader.announced.runCount, limits.availabilityRunsMax);
    expectWithin(peer, 'runs of what a peer has', downloader.available.runCount, limits.availabilityRunsMax);
    expectWithin(peer, 'chunks asked for', downloader.outstanding, limits.outstandingChunksMax);
  }
}

function expectWithin(peer: Peer, what: string, is: number, max: number): void {
  if (is <= max) return;
  throw new Violation(
    'WORLD_VIOLATED',
    `${peer.address.ip} has ${String(is)} ${what}, more than the ${String(max)} it may`,
  );
}
