import type { Channel } from '../channel/channel';
import { limits, type Micros } from '../limits';
import { extentChunks } from '../swarm/content';
import type { Swarm } from '../swarm/swarm';

/**
 * Finds those who were intercepted and wait in vain, since nobody outside is left to fetch from for them, or
 * the outside link has no room: the origin that they meant may have what they want.
 */
export class Starvation {
  /** When a swarm that nobody feeds is looked at. */
  private readonly lookAt = new WeakMap<Swarm, Micros>();

  /** Those of a swarm who are better off with their origins. */
  victims(swarm: Swarm, now: Micros): readonly Channel[] {
    if (!this.starve(swarm, now)) return [];
    return swarm.subscribers().filter((channel) => channel.origin !== undefined && waits(channel, swarm));
  }

  /** When to look again, or undefined if only an event can change anything. */
  nextTimeout(swarm: Swarm): Micros | undefined {
    return this.lookAt.get(swarm);
  }

  /** True if those who wait have done so for long enough. */
  private starve(swarm: Swarm, now: Micros): boolean {
    // Where the link has no room for it, the peers outside are not to blame.
    if (swarm.fetching && swarm.isDeprived(now)) return true;
    if (!swarm.fetching || isFed(swarm)) {
      this.lookAt.delete(swarm);
      return false;
    }
    const at = this.lookAt.get(swarm);
    if (at !== undefined && now < at) return false;
    this.lookAt.set(swarm, now + limits.starvation);
    return at !== undefined;
  }
}

/** True if somebody is there who has something. */
function isFed(swarm: Swarm): boolean {
  return swarm.sources().some(({ phase, downloader }) => phase === 'open' && downloader.available.runCount > 0);
}

/** True for a peer that can go on only when something is fetched. */
function waits({ uploader }: Channel, { holdings }: Swarm): boolean {
  const { chunkCount, held } = holdings;
  if (uploader.queue.waiting || chunkCount === undefined) return true;
  if (uploader.busy) return false;
  const ahead = uploader.known.nextOut(uploader.position ?? 0);
  const lacked = ahead < chunkCount ? ahead : uploader.known.nextOut(0);
  return lacked < chunkCount && !held.has(Math.floor(lacked / extentChunks));
}
