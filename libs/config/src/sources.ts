import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { parseDocument } from 'yaml';
import { ConfigError } from './errors';
import { nearest } from './nearest';
import { applianceTable, type SettingTable } from './setting-table';
import { environmentName, readNotation, type Setting } from './settings';
import { isTree, mergeTrees, treeOf, type Tree } from './tree';

/** What one source says. */
export interface Source {
  readonly tree: Tree;
  /** What to call the source of a key: the file, a variable, an option. */
  readonly nameOf: (key: string) => string;
  /** What the source says that is no setting at all. */
  readonly problems: readonly string[];
}

/** Variables that say what a file or option also can. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The option that names the file. */
export const fileOption = 'config';

/** What holds where no other source speaks. */
export function defaultsOf({ settings }: SettingTable): Source {
  return {
    tree: settings.map(({ key, fallback }) => treeOf(key, fallback)).reduce(mergeTrees, {}),
    nameOf: () => 'default',
    problems: [],
  };
}

/** Reads a YAML file. Throws `CONFIG_UNREADABLE`; an empty file says nothing. */
export function fileSource(path: string, { fileVariable }: SettingTable = applianceTable): Source {
  const document = parseDocument(readText(path, fileVariable));
  const [error] = document.errors;
  if (error !== undefined) throw unreadable(path, error.message.split('\n')[0] ?? '', 'mend the YAML');
  const content: unknown = document.toJS();
  if (content !== null && !isTree(content)) throw unreadable(path, 'it has no keys', 'write KEY: VALUE lines');
  return { tree: content ?? {}, nameOf: () => path, problems: [] };
}

function readText(path: string, fileVariable: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw unreadable(path, reason, `mend the path in --${fileOption} or ${fileVariable}, or the file's permissions`);
  }
}

function unreadable(path: string, reason: string, remedy: string): ConfigError {
  return new ConfigError('CONFIG_UNREADABLE', `cannot read configuration ${path}: ${reason}; ${remedy}`, { path });
}

/** What an orchestrator sets for a service that is itself named weir, such as `WEIR_SERVICE_HOST` or `WEIR_PORT`. */
const serviceLink = /_(?:SERVICE_(?:HOST|PORT)|PORT)(?:_\w+)?$/;

/** Reads the variables of the program's prefix. An empty one is as good as none. */
export function environmentSource(environment: Environment, table: SettingTable = applianceTable): Source {
  const { settings, environmentPrefix, fileVariable } = table;
  const nameOf = (key: string): string => environmentName(key, environmentPrefix);
  const known = new Set(settings.map(({ key }) => nameOf(key)));
  const foreign = (name: string): boolean => name === fileVariable || (serviceLink.test(name) && !known.has(name));
  const ours = Object.entries(environment).filter(
    ([name, text]) => name.startsWith(environmentPrefix) && !foreign(name) && text !== '',
  );
  return textSource(ours, { settings, nameOf, otherNames: [fileVariable] });
}

/** Reads `--store.capacity 10GiB` and `--store.capacity=10GiB`. */
export function commandLineSource(argv: readonly string[]): Source {
  const { tokens } = parseOptions(argv);
  const given = tokens.flatMap((token): [string, string | undefined][] =>
    token.kind === 'option' && token.name !== fileOption ? [[token.rawName, token.value]] : [],
  );
  const { settings } = applianceTable;
  const source = textSource(given, { settings, nameOf: optionName, otherNames: [optionName(fileOption)] });
  const stray = tokens.flatMap((token) => (token.kind === 'positional' ? [`${token.value}: no such argument`] : []));
  return { ...source, problems: [...source.problems, ...stray] };
}

/** The file that the command line names, if it names one. */
export function fileOnCommandLine(argv: readonly string[]): string | undefined {
  const { config } = parseOptions(argv).values;
  return typeof config === 'string' ? config : undefined;
}

function parseOptions(argv: readonly string[]) {
  const names = [fileOption, ...applianceTable.settings.map(({ key }) => key)];
  const options = Object.fromEntries(names.map((name) => [name, { type: 'string' as const }]));
  return parseArgs({ args: [...argv], options, strict: false, tokens: true, allowPositionals: true });
}

function optionName(key: string): string {
  return `--${key}`;
}

/** How a source calls settings, and what else it has names for. */
interface Naming {
  readonly settings: readonly Setting[];
  readonly nameOf: (key: string) => string;
  readonly otherNames: readonly string[];
}

/** A source of names and texts, each name standing for one setting. */
function textSource(
  given: readonly (readonly [string, string | undefined])[],
  { settings, nameOf, otherNames }: Naming,
): Source {
  const byName = new Map(settings.map((setting): [string, Setting] => [nameOf(setting.key), setting]));
  const problems: string[] = [];
  let tree: Tree = {};
  for (const [name, text] of given) {
    const setting = byName.get(name);
    if (setting === undefined) problems.push(noSuch(name, [...byName.keys(), ...otherNames]));
    else if (text === undefined) problems.push(`${name}: needs a value`);
    else tree = mergeTrees(tree, treeOf(setting.key, readNotation(setting.notation, text)));
  }
  return { tree, nameOf, problems };
}

/** Refuses a name and suggests what was probably meant. */
export function noSuch(name: string, candidates: readonly string[]): string {
  const meant = nearest(name, candidates);
  return meant === undefined ? `${name}: no such setting` : `${name}: no such setting; did you mean ${meant}?`;
}
