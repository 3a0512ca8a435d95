import type { RefusedSwarm } from './session/refusals';
import type { Audience } from './settings';

/** `connecting`: never heard of yet. `failed`: the last request had no answer, or one that says so. */
export type TrackerSessionState = 'connecting' | 'connected' | 'failed';

/** One tracker, as an operator sees it. */
export interface TrackerStatus {
  readonly url: string;
  /** As in the settings. */
  readonly tier: number;
  readonly group: string;
  readonly serve: Audience;
  /** Whether it only stands by: one of a lower tier answers. */
  readonly standby: boolean;
  readonly state: TrackerSessionState;
  /** Why it is `failed`, for people. */
  readonly lastError: string | undefined;
  /** Unix milliseconds of the tracker's last valid answer. */
  readonly lastContact: number | undefined;
  /** Swarms that we are registered in there. */
  readonly swarms: number;
  /** Peer IDs that we are registered as there. */
  readonly identities: number;
  /** Swarms that it refuses us, and some of them. */
  readonly refused: number;
  readonly refusedSwarms: readonly RefusedSwarm[];
}
