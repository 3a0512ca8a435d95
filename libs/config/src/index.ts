export { parseBytes } from './bytes';
export { type NetworkOrigin, networksOf, parseAsnTable, readAsnFile } from './asn-file';
export {
  type AnnouncedAddressConfig,
  type Audience,
  type InterceptConfig,
  logLevels,
  type LogLevel,
  type PeersConfig,
  type TrackerConfig,
  type WeirConfig,
} from './config';
export { areOnePair, readCertificates, readKey, readPassword } from './credential-files';
export { ConfigModule, WEIR_CONFIG } from './config.module';
export { ConfigError, type ConfigErrorCode, configErrorStatus } from './errors';
export { formatHostPort, type HostPort, parseHostPort, placesOf } from './host-port';
export { type ConfigSources, loadConfig, loadConfigOrExit } from './load';
export { loadTrackerConfig, type TrackerConfigSources } from './load-tracker';
export { type Parsed } from './parsed';
export { parsePortRange, type PortRange } from './port-range';
export { parsePrefix, type Prefix } from './prefix';
export { Secret } from './secret';
export { type ServiceEnvironment, serviceEnvironment } from './service-environment';
export { environmentName, type Notation, type Setting, settings } from './settings';
export { trackerSettings, trackerTable } from './tracker-settings';
export { type TrackerServerConfig } from './tracker-server-config';
