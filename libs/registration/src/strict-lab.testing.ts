import type { PeerMode } from '@weir/ppstp';

import { PpstpClient } from './client/ppstp-client';
import { Registration } from './registration';
import { settled, TestClock } from './registration.testing';
import type { StrictTracker } from './session/strict-tracker.testing';

const url = 'http://tracker.example/';

/** A registration at one foreign tracker, in a world where nothing happens by itself. */
export class Lab {
  readonly clock = new TestClock();
  readonly registration: Registration;
  readonly wanted = new Map<string, PeerMode>();

  constructor(
    readonly tracker: StrictTracker,
    random: () => number = () => 1,
  ) {
    const options = { url: '', peerId: 'me', requestMillis: 5_000, retriesMax: 0 };
    this.registration = new Registration(
      { trackers: [url], addresses: [{ ip: '192.0.2.1', port: 7000 }], peerId: 'me' },
      {
        clock: this.clock,
        random,
        counters: () => [...this.wanted.keys()].map((swarmId) => ({ swarmId, ...stats })),
        client: () => new PpstpClient(options, { clock: this.clock, exchange: tracker, random }),
      },
    );
  }

  join(mode: PeerMode, ...swarmIds: readonly string[]): void {
    for (const swarmId of swarmIds) {
      this.wanted.set(swarmId, mode);
      this.registration.join(swarmId, mode);
    }
  }

  leave(swarmId: string): void {
    this.wanted.delete(swarmId);
    this.registration.leave(swarmId);
  }

  async started(): Promise<this> {
    this.registration.start();
    await settled();
    return this;
  }

  /** Wanted swarms that the tracker has us in nowhere. */
  get missing(): string[] {
    return [...this.wanted.keys()].filter((swarmId) => this.tracker.members(swarmId).length === 0);
  }

  get status() {
    const [status] = this.registration.trackers;
    return status;
  }
}

const stats = { uploadedBytes: 1, downloadedBytes: 2, availableBandwidth: 3, concurrentLinks: 4 };

/** Swarm IDs. */
export function many(count: number): string[] {
  return Array.from({ length: count }, (_, at) => at.toString(16).padStart(40, '0'));
}

/** Random numbers of a seed. */
export function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
