import { CacheError } from '@weir/ppspp';

/**
 * `INTERCEPT_UNAVAILABLE`: this machine or process lacks what interception needs; the message names each thing with its remedy.
 * `INTERCEPT_RULES_FAILED`: the kernel did not take or give up our rules. `INTERCEPT_PROBE_FAILED`: a test of the rules came to no
 * result.
 */
export type InterceptErrorCode = 'INTERCEPT_PROBE_FAILED' | 'INTERCEPT_RULES_FAILED' | 'INTERCEPT_UNAVAILABLE';

/** Interception does not work here. */
export class InterceptError extends CacheError<InterceptErrorCode> {}
