import { CacheError } from '@weir/ppspp';
import type { Condition } from '@weir/telemetry';

/**
 * Why the admin API does not do what it was asked, though it was asked well. `SWARM_NOT_FOUND`: nothing of it is stored or open. `SWARM_CONFLICT`: it is known with other metadata.
 * `FETCHES_BUSY`: too many fetches wait for trackers. `REGISTRATION_FULL`: we are in as many swarms as trackers are told.
 * `NOT_READY`: a condition for traffic does not hold. `SWARM_BLOCKED`: an operator blocked it. `BLOCK_NOT_FOUND`: nobody did.
 * `PIN_LIMIT`: pinned swarms would take more than their part of the store. `SWARM_TOO_LARGE`: it is larger than the store. `JOB_NOT_FOUND`:
 * there is no such job. `JOB_ENDED`: it cannot be cancelled any more. `JOBS_BUSY`: too many jobs wait or run.
 * `JOB_UNAVAILABLE`: this appliance cannot do that.
 */
export type AdminErrorCode =
  | 'SWARM_NOT_FOUND'
  | 'SWARM_CONFLICT'
  | 'SWARM_BLOCKED'
  | 'SWARM_TOO_LARGE'
  | 'BLOCK_NOT_FOUND'
  | 'PIN_LIMIT'
  | 'JOB_NOT_FOUND'
  | 'JOB_ENDED'
  | 'JOBS_BUSY'
  | 'JOB_UNAVAILABLE'
  | 'FETCHES_BUSY'
  | 'REGISTRATION_FULL'
  | 'NOT_READY';

/** What an answer says beside the code and its explanation. */
export interface AdminErrorMembers {
  readonly unmet?: readonly UnmetCondition[];
}

/** A condition for traffic that does not hold. */
export type UnmetCondition = Pick<Extract<Condition, { ready: false }>, 'name' | 'reason' | 'remedy'>;

/** A request that is refused; whoever sent it is told the message. */
export class AdminError extends CacheError<AdminErrorCode> {
  constructor(
    code: AdminErrorCode,
    message: string,
    readonly members: AdminErrorMembers = {},
  ) {
    super(code, message);
  }
}
