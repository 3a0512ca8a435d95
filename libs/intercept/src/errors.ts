import { CacheError } from '@weir/ppspp';

/** `INTERCEPT_RULES_FAILED`: the kernel did not take or give up our rules. */
export type InterceptErrorCode = 'INTERCEPT_RULES_FAILED';

/** Interception does not work here. */
export class InterceptError extends CacheError<InterceptErrorCode> {}
