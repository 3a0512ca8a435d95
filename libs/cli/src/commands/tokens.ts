/** Injects the `Terminal`. */
export const TERMINAL = Symbol('TERMINAL');

/** Injects the `StartTransfer`. */
export const START_TRANSFER = Symbol('START_TRANSFER');

/** Injects the path of the appliance's compiled entry. */
export const APPLIANCE_ENTRY = Symbol('APPLIANCE_ENTRY');

/** Injects the version of this program. */
export const VERSION = Symbol('VERSION');

/** Injects the `Machine` that rules are for. */
export const MACHINE = Symbol('MACHINE');
