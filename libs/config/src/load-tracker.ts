import { checked, fileInEnvironment } from './load';
import { defaultsOf, environmentSource, fileSource, type Environment } from './sources';
import { trackerSchema } from './tracker-schema';
import type { TrackerServerConfig } from './tracker-server-config';
import { trackerTable } from './tracker-settings';

/** Where a tracker's configuration comes from; the environment overrules the file. */
export interface TrackerConfigSources {
  /** A YAML file; by default what `WEIR_TRACKER_CONFIG` names, else none. */
  readonly file?: string | undefined;
  /** By default this process's. */
  readonly env?: Environment;
}

/** As `loadConfig`, of a tracker: read, merged and checked once, at start, and frozen. Throws a `ConfigError`. */
export function loadTrackerConfig({ file, env = process.env }: TrackerConfigSources = {}): TrackerServerConfig {
  const path = file ?? fileInEnvironment(env, trackerTable);
  const files = path === undefined ? [] : [fileSource(path, trackerTable)];
  const sources = [defaultsOf(trackerTable), ...files, environmentSource(env, trackerTable)];
  return checked(trackerSchema, { sources, table: trackerTable });
}
