import { CacheError } from '@weir/ppspp';

/** Why membership certificates can be neither issued nor verified. */
export type MembershipErrorCode = 'MEMBERSHIP_AUTHORITY_INVALID' | 'MEMBERSHIP_FILE_UNUSABLE';

/** What an operator named as an authority cannot be used. Nothing is thrown for what peers send. */
export class MembershipError extends CacheError<MembershipErrorCode> {}
