import { CacheError } from '@weir/ppspp';

/** `VERIFY_CLOSED`: the verifier was closed before. `VERIFY_FAILED`: the thread that hashed ended before it answered. */
export type VerifyErrorCode = 'VERIFY_CLOSED' | 'VERIFY_FAILED';

/** Content could not be hashed; nothing is said of the content. */
export class VerifyError extends CacheError<VerifyErrorCode> {}
