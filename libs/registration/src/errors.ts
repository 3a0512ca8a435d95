import { CacheError } from '@weir/ppspp';

/** Why there can be no registration. */
export type RegistrationErrorCode = 'REGISTRATION_SETTING_INVALID';

/** A registration was set up wrongly. Nothing is thrown for what a tracker does. */
export class RegistrationError extends CacheError<RegistrationErrorCode> {}
