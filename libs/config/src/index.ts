export { parseBytes } from './bytes';
export { logLevels, type LogLevel, type TrackerConfig, type WeirConfig } from './config';
export { ConfigModule, WEIR_CONFIG } from './config.module';
export { ConfigError, type ConfigErrorCode, configErrorStatus } from './errors';
export { formatHostPort, type HostPort, parseHostPort } from './host-port';
export { type ConfigSources, loadConfig, loadConfigOrExit } from './load';
export { type Parsed } from './parsed';
export { parsePrefix, type Prefix } from './prefix';
export { environmentName, type Notation, type Setting, settings } from './settings';
