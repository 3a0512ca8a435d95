import type { PeerInfo } from '@weir/ppstp';

import { BoundedMap } from '../bounded-map';
import type { Answer } from '../client/ppstp-client';
import type { Clock } from '../clock';
import { joinedListsMax } from '../limits';

/** How long a list that came with a JOIN says what a FIND would. */
const freshMillis = 2_000;

/** The peers that came with a JOIN (RFC 7846 section 4.1.1), for whoever asks right after it. */
export class JoinedLists {
  private readonly lists = new BoundedMap<string, { readonly at: number; readonly peers: readonly PeerInfo[] }>(
    joinedListsMax,
  );

  constructor(private readonly clock: Clock) {}

  /** Keeps what an answer to a CONNECT lists. */
  keep(answer: Answer): void {
    if (!answer.ok) return;
    const at = this.clock.now();
    for (const { swarmId, peers = [] } of answer.response.results) {
      if (peers.length > 0) this.lists.set(swarmId, { at, peers });
    }
  }

  /** Each list answers once: who asks again wants others. */
  take(swarmId: string): readonly PeerInfo[] | undefined {
    const list = this.lists.get(swarmId);
    this.lists.delete(swarmId);
    return list === undefined || this.clock.now() - list.at > freshMillis ? undefined : list.peers;
  }
}
