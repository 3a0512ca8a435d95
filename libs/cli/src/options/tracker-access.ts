import { areOnePair, readCertificates, readKey, readPassword } from '@weir/config';
import type { TrackerSettings } from '@weir/registration';
import { UsageError } from '../errors';
import { read } from './parse';
import { isLocalUrl } from './address';

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

/**
 * The trackers that a command asks: those of a link, and those that its options name. The access is for those that are named;
 * if none is, for those of the link. Throws a `UsageError` that names the option, its value and the remedy.
 */
export function trackersOf(options: TrackerAccessOptions, linked: readonly string[] = []): readonly TrackerSettings[] {
  const named = options.tracker ?? [];
  const meant = named.length > 0 ? named : linked;
  const access = { credentials: credentialsOf(options, meant), tls: tlsOf(options, meant) };
  const others = linked.filter((url) => !meant.includes(url));
  return [...others.map((url) => ({ url })), ...[...new Set(meant)].map((url) => ({ url, ...access }))];
}

/** Over plain HTTP whoever is on the way could try passwords until one fits what he saw. */
function credentialsOf(options: TrackerAccessOptions, urls: readonly string[]): TrackerSettings['credentials'] {
  const { trackerUser: username, trackerPasswordFile: path } = options;
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
  const open = urls.find((url) => !url.startsWith('https:') && !isLocalUrl(url));
  if (open !== undefined) {
    throw new UsageError(
      `--tracker-user ${username}: ${open} is plain HTTP, where passwords are found out; name an https: URL`,
    );
  }
  return { username, password: read('--tracker-password-file', path, readPassword).reveal() };
}

function tlsOf(options: TrackerAccessOptions, urls: readonly string[]): TrackerSettings['tls'] {
  const { trackerCa, trackerCert, trackerKey } = options;
  if (trackerCa === undefined && trackerCert === undefined && trackerKey === undefined) return undefined;
  if (!urls.some((url) => url.startsWith('https:'))) {
    const flags = [trackerCa && '--tracker-ca', trackerCert && '--tracker-cert', trackerKey && '--tracker-key'];
    const given = flags.filter((flag) => flag !== undefined).join(', ');
    throw new UsageError(`${given}: of no use without a tracker at an https: URL; name one, or leave it out`);
  }
  const ca = trackerCa === undefined ? undefined : read('--tracker-ca', trackerCa, readCertificates);
  return { ca, ...identityOf(trackerCert, trackerKey) };
}

function identityOf(certPath: string | undefined, keyPath: string | undefined): TrackerSettings['tls'] {
  if (certPath === undefined && keyPath === undefined) return undefined;
  if (keyPath === undefined) {
    throw new UsageError(`--tracker-cert ${certPath ?? ''}: name the file of its key with --tracker-key`);
  }
  if (certPath === undefined) {
    throw new UsageError(`--tracker-key ${keyPath}: name the file of its certificate with --tracker-cert`);
  }
  const certificate = read('--tracker-cert', certPath, readCertificates);
  const key = read('--tracker-key', keyPath, readKey);
  if (areOnePair(certificate, key)) return { certificate, key: key.reveal() };
  throw new UsageError(
    `--tracker-key ${keyPath}: it is not the key of --tracker-cert ${certPath}; name the one that is`,
  );
}
