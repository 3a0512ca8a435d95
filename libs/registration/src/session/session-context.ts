import type { PeerAddress, PeerMode, StreamStats } from '@weir/ppstp';

import type { Clock } from '../clock';
import type { TrackerStatus } from '../tracker-status';

/** What a session has in common with those of the other trackers. */
export interface SessionContext {
  /** The swarms that we want to be in, at every tracker; owned by the registration. */
  readonly wanted: ReadonlyMap<string, PeerMode>;
  readonly addresses: readonly PeerAddress[];
  /** Of the first identity. */
  readonly peerId: string;
  readonly freshId: () => string;
  readonly reportMillis: number;
  readonly leaveMillis: number;
  readonly clock: Clock;
  readonly random: () => number;
  /** What we have done in our swarms; never rejects. */
  stats(): Promise<readonly StreamStats[]>;
  /** Told whenever the status may have changed. */
  changed(status: TrackerStatus): void;
  /** Told of a membership certificate of ours. */
  certified(swarmId: string, certificate: Uint8Array): void;
}
