import { type z } from 'zod';
import { type WeirConfig } from './config';
import { ConfigError, configErrorStatus } from './errors';
import { problemsOf, type Told } from './problems';
import { schema } from './schema';
import { applianceTable, type SettingTable } from './setting-table';
import {
  commandLineSource,
  defaultsOf,
  environmentSource,
  fileOnCommandLine,
  fileSource,
  type Environment,
} from './sources';
import { mergeTrees } from './tree';

/** Where configuration comes from; each entry overrules those before it. */
export interface ConfigSources {
  /** A YAML file; by default what `--config` or `WEIR_CONFIG` names, else none. */
  readonly file?: string;
  /** By default this process's. */
  readonly env?: Environment;
  /** Arguments after the script's name; by default none. */
  readonly argv?: readonly string[];
}

/**
 * Reads, merges and checks the configuration, once, at start. The result is frozen. Throws a `ConfigError` that lists
 * every problem at once: an operator should not have to find them one by one.
 */
export function loadConfig({ file, env = process.env, argv = [] }: ConfigSources = {}): WeirConfig {
  const path = file ?? fileOnCommandLine(argv) ?? fileInEnvironment(env, applianceTable);
  const files = path === undefined ? [] : [fileSource(path)];
  const sources = [defaultsOf(applianceTable), ...files, environmentSource(env), commandLineSource(argv)];
  return checked(schema, { sources, table: applianceTable });
}

/** The file that a variable names; an empty one names none. */
export function fileInEnvironment(env: Environment, { fileVariable }: SettingTable): string | undefined {
  return env[fileVariable] === '' ? undefined : env[fileVariable];
}

/** What the sources say together, each overruling those before it: checked, and frozen. Throws `CONFIG_INVALID`. */
export function checked<Config>(schema: z.ZodType<Config>, { sources, table }: Omit<Told, 'merged'>): Config {
  const merged = sources.map(({ tree }) => tree).reduce(mergeTrees);
  const { success, data, error } = schema.safeParse(merged);
  const refused = success ? [] : problemsOf(error.issues, { merged, sources, table });
  const problems = [...sources.flatMap(({ problems: strays }) => strays), ...refused];
  if (!success || problems.length > 0) throw invalid(problems);
  return freeze(data);
}

/** As `loadConfig`, but for an app's `main`: a refused configuration is explained on stderr and ends the process. */
export function loadConfigOrExit(sources: ConfigSources = {}): WeirConfig {
  try {
    return loadConfig(sources);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(configErrorStatus);
  }
}

function invalid(problems: readonly string[]): ConfigError {
  const lines = problems.map((problem) => `  ${problem}`).join('\n');
  const message = `the configuration cannot be used:\n${lines}`;
  return new ConfigError('CONFIG_INVALID', message, { problems: problems.length });
}

function freeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  for (const part of Object.values(value)) freeze(part);
  return Object.freeze(value);
}
