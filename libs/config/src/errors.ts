import { CacheError } from '@weir/ppspp';

/** `CONFIG_UNREADABLE`: the file cannot be read or is no YAML. `CONFIG_INVALID`: what it says cannot be used. */
export type ConfigErrorCode = 'CONFIG_INVALID' | 'CONFIG_UNREADABLE';

/** The exit status of an app that refuses its configuration, so that a supervisor need not restart it. */
export const configErrorStatus = 2;

/** A mistake of the operator's. Its message names each key, its value and source, and what to write instead. */
export class ConfigError extends CacheError<ConfigErrorCode> {}
