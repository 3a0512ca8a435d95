import { open } from 'node:fs/promises';
import { type TrackerSettings, tlsProblem } from '@weir/registration';
import { readAt } from '../content/file-access';
import { reasonOf } from '../content/errors';
import { UsageError } from '../errors';
import { accessFileBytesMax } from '../limits';

/** The options that say how trackers are believed, and who we are there. */
export interface TrackerAccessOptions {
  readonly tracker?: readonly string[];
  readonly trackerCa?: string;
  readonly trackerUser?: string;
  readonly trackerPasswordFile?: string;
  readonly trackerCert?: string;
  readonly trackerKey?: string;
}

/** Those options, as they stand on a command line. A password never does: everybody on a host sees command lines. */
export const trackerFlags = {
  ca: { flags: '--tracker-ca <file>', description: 'the CA of https: trackers, in PEM (default: those of the host)' },
  user: { flags: '--tracker-user <name>', description: 'who we are at trackers, by HTTP Digest' },
  passwordFile: { flags: '--tracker-password-file <file>', description: 'its first line is the password' },
  cert: { flags: '--tracker-cert <file>', description: 'our certificate for https: trackers, in PEM' },
  key: { flags: '--tracker-key <file>', description: 'and its key, in PEM' },
} as const;

/** The options that name parts of `TrackerTls`. */
const partFlags = { ca: '--tracker-ca', certificate: '--tracker-cert', key: '--tracker-key' } as const;

/**
 * The trackers that a command asks: those of a link, and those that its options name. The access is for those that are named;
 * if none is, for those of the link. Rejects with a `UsageError` that names the option, its value and the remedy.
 */
export async function trackersOf(
  options: TrackerAccessOptions,
  linked: readonly string[] = [],
): Promise<readonly TrackerSettings[]> {
  const named = options.tracker ?? [];
  const meant = named.length > 0 ? named : linked;
  const access = { credentials: await credentialsOf(options), tls: await tlsOf(options) };
  if (access.tls !== undefined && !meant.some((url) => url.startsWith('https:'))) {
    const [flag, path] = firstOf(options);
    throw new UsageError(
      `${flag} ${path}: it is of no use without a tracker at an https: URL; name one, or leave it out`,
    );
  }
  const others = linked.filter((url) => !meant.includes(url));
  return [...others.map((url) => ({ url })), ...[...new Set(meant)].map((url) => ({ url, ...access }))];
}

async function credentialsOf({ trackerUser: username, trackerPasswordFile: path }: TrackerAccessOptions) {
  if (username === undefined && path === undefined) return undefined;
  if (username === undefined) {
    throw new UsageError(`--tracker-password-file ${path ?? ''}: name whose password it is with --tracker-user`);
  }
  if (path === undefined) {
    throw new UsageError(`--tracker-user ${username}: name a file with the password with --tracker-password-file`);
  }
  if (username === '' || username.includes(':')) {
    throw new UsageError(`--tracker-user "${username}": write a name without a colon`);
  }
  const [password = ''] = (await textOf('--tracker-password-file', path, 'a file with the password')).split(/\r?\n/);
  if (password !== '') return { username, password };
  throw new UsageError(`--tracker-password-file ${path}: its first line is empty; write the password there`);
}

async function tlsOf({ trackerCa, trackerCert, trackerKey }: TrackerAccessOptions): Promise<TrackerSettings['tls']> {
  const paths = { ca: trackerCa, certificate: trackerCert, key: trackerKey };
  if (Object.values(paths).every((path) => path === undefined)) return undefined;
  const [ca, certificate, key] = await Promise.all([
    pemOf(partFlags.ca, trackerCa),
    pemOf(partFlags.certificate, trackerCert),
    pemOf(partFlags.key, trackerKey),
  ]);
  const problem = tlsProblem({ ca, certificate, key });
  if (problem === undefined) return { ca, certificate, key };
  throw new UsageError(`${partFlags[problem.part]} ${paths[problem.part] ?? '(none)'}: ${problem.remedy}`);
}

function firstOf({ trackerCa, trackerCert = '' }: TrackerAccessOptions): readonly [string, string] {
  return trackerCa === undefined ? [partFlags.certificate, trackerCert] : [partFlags.ca, trackerCa];
}

async function pemOf(flag: string, path: string | undefined): Promise<string | undefined> {
  return path === undefined ? undefined : textOf(flag, path, 'a file in PEM');
}

/** No more than such a file can have: somebody may name a device. */
async function textOf(flag: string, path: string, what: string): Promise<string> {
  try {
    const file = await open(path, 'r');
    const bytes = await readAt(file, 0, accessFileBytesMax).finally(() => file.close());
    return Buffer.from(bytes).toString('utf8');
  } catch (cause) {
    throw new UsageError(`${flag} ${path}: cannot be read: ${reasonOf(cause)}; name ${what}`);
  }
}
