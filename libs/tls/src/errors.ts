import { CacheError } from '@weir/ppspp';

/** `TLS_FILE_UNUSABLE`: cannot be read or written. `TLS_FILE_INVALID`: is not what it should be, or does not fit another. */
export type TlsErrorCode = 'TLS_FILE_UNUSABLE' | 'TLS_FILE_INVALID';

/** A file of certificates or keys is of no use. The message names it and the remedy, and nothing that is in it. */
export class TlsError extends CacheError<TlsErrorCode> {}
