import type { PeerInfo } from '@weir/ppstp';
import { createCache } from 'cache-manager';
import { Keyv } from 'keyv';

import { BoundedMap } from './bounded-map';
import type { Clock } from './clock';
import { lookupsMax } from './limits';
import type { RegistrationMetrics } from './metrics';
import { type ListFilter, mergePeers, type TrackedPeer } from './tracked-peers';

/** What look-ups are told once. */
export interface LookUpContext {
  readonly clock: Clock;
  /** Time that peers are remembered. */
  readonly lookupMillis: number;
  /** Time that a tracker is waited for. */
  readonly requestMillis: number;
  readonly metrics?: RegistrationMetrics | undefined;
  /** Asks each tracker. */
  ask(swarmId: string): readonly Promise<readonly PeerInfo[]>[];
  /** Who must not be listed to us. */
  own(): ListFilter;
}

/** Told of the peers that are known so far, the best first, whenever a tracker has answered. */
export type Found = (peers: readonly TrackedPeer[]) => void;

/** Time that it is remembered that nobody was found: the next peer to join should not have to wait for long. */
const emptyLookupMillis = 1_000;

/** Asks trackers who is in a swarm: once for all who want to know at a time, and again when the answer is old. */
export class LookUps {
  private readonly cache = createCache({ stores: [new Keyv({ store: new BoundedMap<string, unknown>(lookupsMax) })] });
  /** Who waits for a look-up that is under way. */
  private readonly waiting = new Map<string, Set<Found>>();

  constructor(private readonly context: LookUpContext) {}

  /**
   * The peers of a swarm, the best first, when every tracker has answered, or was waited for long enough. `found` is told
   * earlier, as each answers, and last of all of them.
   */
  async peersFor(swarmId: string, found: Found = () => undefined): Promise<readonly TrackedPeer[]> {
    const { lookupMillis } = this.context;
    const remembered = (peers: readonly TrackedPeer[]) =>
      peers.length === 0 ? Math.min(emptyLookupMillis, lookupMillis) : lookupMillis;
    const waiting = this.waiting.get(swarmId) ?? new Set();
    this.waiting.set(swarmId, waiting.add(found));
    try {
      const peers = await this.cache.wrap(swarmId, () => this.lookUp(swarmId), remembered);
      found(peers);
      return peers;
    } finally {
      waiting.delete(found);
      if (waiting.size === 0) this.waiting.delete(swarmId);
    }
  }

  private async lookUp(swarmId: string): Promise<readonly TrackedPeer[]> {
    const { metrics } = this.context;
    metrics?.lookups.inc();
    const lists: (readonly PeerInfo[])[] = [];
    const asked = this.context.ask(swarmId).map(async (list) => {
      const peers = await this.inTime(list);
      lists.push(peers);
      if (peers.length > 0 && lists.length < asked.length) this.tell(swarmId, lists);
    });
    await Promise.all(asked);
    return mergePeers(lists, this.context.own(), (reason) => metrics?.refusedPeers.inc({ reason }));
  }

  private tell(swarmId: string, lists: readonly (readonly PeerInfo[])[]): void {
    const peers = mergePeers(lists, this.context.own(), () => undefined);
    for (const found of this.waiting.get(swarmId) ?? []) found(peers);
  }

  private inTime(list: Promise<readonly PeerInfo[]>): Promise<readonly PeerInfo[]> {
    const { clock, requestMillis } = this.context;
    return new Promise((resolve, reject) => {
      const cancel = clock.after(requestMillis, () => resolve([]));
      list.finally(cancel).then(resolve, reject);
    });
  }
}
