import { CacheError } from '@weir/ppspp';

/**
 * Why the tracker's admin side does not do what it was asked: `SWARM_UNKNOWN`, nobody published the swarm, and nobody is in it;
 * `PEER_UNKNOWN`, no such peer is registered; `GRANT_UNKNOWN`, the principal has none.
 */
export type TrackerAdminErrorCode = 'SWARM_UNKNOWN' | 'PEER_UNKNOWN' | 'GRANT_UNKNOWN';

/** A request that is refused; whoever sent it is told the message. */
export class TrackerAdminError extends CacheError<TrackerAdminErrorCode> {}
