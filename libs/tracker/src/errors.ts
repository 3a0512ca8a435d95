import { CacheError } from '@weir/ppspp';

/** Why a tracker could not be started. */
export type TrackerErrorCode = 'TRACKER_SETTING_INVALID' | 'TRACKER_FILE_INVALID' | 'TRACKER_LISTEN_FAILED';

/** A tracker could not be started. Nothing is thrown for what peers send to a running one. */
export class TrackerError extends CacheError<TrackerErrorCode> {}
