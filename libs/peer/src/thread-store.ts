import type { MessagePort } from 'node:worker_threads';
import type { SwarmId } from '@weir/ppspp';
import {
  type OpenedSwarm,
  ShelteredReader,
  StoreClient,
  commitMillisMax,
  openLmdbReader,
  type StoreNotice,
} from '@weir/store';

/** Who hears of a thread's store. */
export interface ThreadStoreListener {
  onNotice(notice: StoreNotice): void;
  /** It is of no use at the moment, or is again. */
  onState(reason: 'down' | 'slow', holds: boolean): void;
  /** It has something of a swarm, after it could not tell. */
  onFound(swarmId: SwarmId, swarm: OpenedSwarm): void;
}

/** A datapath thread's ways to the store, which goes down and comes up again under it, and may be slow. */
export class ThreadStore {
  readonly client: StoreClient;
  readonly reader: ShelteredReader;
  private slow = false;

  constructor(
    port: MessagePort,
    directory: string,
    private readonly listener: ThreadStoreListener,
  ) {
    this.client = new StoreClient(port, (notice) => listener.onNotice(notice));
    this.reader = new ShelteredReader(() => openLmdbReader(directory), {
      onSlow: () => this.look(),
      onFound: (swarmId, swarm) => listener.onFound(swarmId, swarm),
    });
  }

  /** Resolves when nothing of the store is open in this thread. */
  leave(): Promise<void> {
    this.listener.onState('down', true);
    // One that cannot be closed in order is not used any more either.
    return this.reader.detach().catch(() => undefined);
  }

  /** Goes on with the store that is there now. */
  join(port: MessagePort): void {
    this.client.attach(port);
    this.reader.attach();
    this.listener.onState('down', false);
  }

  /** Looks whether the disk keeps up: asked now and then, since a commit that hangs tells nobody. */
  look(): void {
    const slow = this.reader.isSlow || this.client.millisUnderWay > commitMillisMax;
    if (slow === this.slow) return;
    this.slow = slow;
    this.listener.onState('slow', slow);
  }
}
