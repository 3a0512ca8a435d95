import { CacheError } from '@weir/ppspp';

/** `DATAPATH_FAILED`: a thread could not open its sockets, or died; `details.reason` has the code of what went wrong. */
export type PeerErrorCode = 'DATAPATH_FAILED';

/** The data path could not be started, or went down. */
export class PeerError extends CacheError<PeerErrorCode> {}
