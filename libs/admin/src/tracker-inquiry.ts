import { randomBytes } from 'node:crypto';
import type { SwarmId } from '@weir/ppspp';
import { errorCodes, type PeerInfo } from '@weir/ppstp';
import { type Forbids, PpstpClient } from '@weir/registration';
import { limits } from './limits';

/** What a tracker told when it was asked once. */
export interface TrackerAnswer {
  readonly url: string;
  readonly peers: readonly PeerInfo[];
  /** Why there are no peers, for people; undefined if the tracker answered as it should. */
  readonly error: string | undefined;
}

/**
 * Asks a tracker once who is in a swarm, under a peer ID of its own, and leaves again: a tracker lists peers only to
 * those who joined (RFC 7846 section 2.3.1), and without an address of ours it lists us to nobody. Never rejects; takes
 * `limits.trackerMillis` at most for each of its two requests. Where it may be is judged as of a configured one.
 */
export async function inquire(url: string, swarmId: SwarmId, forbids: Forbids): Promise<TrackerAnswer> {
  const peerId = randomBytes(20).toString('hex');
  const client = new PpstpClient({ url, peerId, requestMillis: limits.trackerMillis, retriesMax: 0, forbids });
  try {
    const answer = await client.join([swarmId], 'LEECH');
    if (!answer.ok) return { url, peers: [], error: answer.reason };
    const { errorCode, results } = answer.response;
    if (errorCode !== errorCodes.noError) {
      return { url, peers: [], error: `refuses us: error ${String(errorCode).padStart(2, '0')}` };
    }
    await client.leave([swarmId]);
    return { url, peers: results.find((result) => result.swarmId === swarmId)?.peers ?? [], error: undefined };
  } finally {
    await client.close();
  }
}
