import { z } from 'zod';
import type { TrackerConfig } from './config';
import { areOnePair, readCertificates, readKey, readPassword } from './credential-files';
import type { Parsed } from './parsed';
import { list, parsed, text, whole } from './schema-values';

/** Each tracker is a timer, a connection and a share of the swarms' reports. */
const trackersMax = 16;
/** More steps of failing over than anybody waits for. */
const tiersMax = 16;
/** A name for people, in views and logs. */
const groupCharsMax = 64;
/** Each is told to each tracker with each CONNECT. RFC 7846 section 3.2.4. */
const usernameCharsMax = 128;

const audiences = ['subscribers', 'everyone'] as const;

/** Whom a tracker is there for, or an address. */
export const audience = z.enum(audiences, { error: 'write subscribers or everyone' });

/** Credentials would end up in logs and errors. */
function parseTrackerUrl(written: string): Parsed<string> {
  const url = URL.canParse(written) ? new URL(written) : undefined;
  const remedy = 'write an http: or https: URL without user and password, such as https://tracker.example/ppstp';
  if (url === undefined || !['http:', 'https:'].includes(url.protocol) || url.username || url.password)
    return { remedy };
  return { value: url.href };
}

const path = text('write the path of a file').default('');

const written = z.strictObject({
  url: parsed(parseTrackerUrl),
  tier: whole(1, tiersMax).default(1),
  group: text('write a name')
    .max(groupCharsMax, { error: `write at most ${String(groupCharsMax)} characters` })
    .default(''),
  serve: audience.default('subscribers'),
  username: text('write the name that the tracker knows us by')
    .regex(/^[^:]*$/, { error: 'write a name without a colon (RFC 7616 section 4)' })
    .max(usernameCharsMax, { error: `write at most ${String(usernameCharsMax)} characters` })
    .default(''),
  passwordFile: path,
  caFile: path,
  certificateFile: path,
  keyFile: path,
});

type Written = z.output<typeof written>;
type FileKey = 'passwordFile' | 'caFile' | 'certificateFile' | 'keyFile';

/** What is wrong with one key, told to who merges the configuration. */
type Report = (key: FileKey | 'username', remedy: string) => void;

/** Members that make sense only with one another, the first of which is missing. */
const pairs: readonly (readonly [FileKey | 'username', FileKey | 'username', string])[] = [
  ['passwordFile', 'username', 'username is set: write the path of a file that holds the password, or leave both out'],
  ['username', 'passwordFile', 'passwordFile is set: write the user whose password it is, or leave both out'],
  ['keyFile', 'certificateFile', 'certificateFile is set: write the path of its private key, or leave both out'],
  ['certificateFile', 'keyFile', 'keyFile is set: write the path of its certificate, or leave both out'],
];

/** One tracker: what it is told of us is read from its files, so that what cannot be used is found at start. */
const tracker = written.transform((entry, context): TrackerConfig => {
  const report: Report = (key, message) =>
    context.addIssue({ code: 'custom', path: [key], message, input: entry[key] });
  for (const [missing, given, remedy] of pairs)
    if (entry[given] !== '' && entry[missing] === '') report(missing, remedy);
  reportPlainHttp(entry, report);
  const { url, tier, group, serve } = entry;
  return { url, tier, group, serve, credentials: credentialsOf(entry, report), tls: tlsOf(entry, report) };
});

/** The trackers, each named once. */
export const trackersSchema = list(tracker, trackersMax).superRefine((trackers, context) => {
  const seen = new Set<string>();
  trackers.forEach(({ url }, at) => {
    const message = 'this tracker is named above: name each once';
    if (seen.has(url)) context.addIssue({ code: 'custom', path: [at, 'url'], message, input: url });
    seen.add(url);
  });
});

/** Over plain HTTP whoever is on the way can guess at a password, and needs no certificate of ours. */
function reportPlainHttp(entry: Written, report: Report): void {
  const { protocol, hostname } = new URL(entry.url);
  if (protocol === 'https:') return;
  if (entry.username !== '' && !isLoopback(hostname))
    report(
      'username',
      'this tracker speaks plain HTTP, where passwords are found out: write an https: URL, or no user',
    );
  for (const key of ['caFile', 'certificateFile', 'keyFile'] as const)
    if (entry[key] !== '') report(key, 'this tracker speaks plain HTTP: write an https: URL, or leave this out');
}

/** A lab on one host. */
function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}

function credentialsOf(entry: Written, report: Report): TrackerConfig['credentials'] {
  const password = fileOf('passwordFile', readPassword, { entry, report });
  return password === undefined ? undefined : { username: entry.username, password };
}

function tlsOf(entry: Written, report: Report): TrackerConfig['tls'] {
  const ca = fileOf('caFile', readCertificates, { entry, report });
  const certificate = fileOf('certificateFile', readCertificates, { entry, report });
  const key = fileOf('keyFile', readKey, { entry, report });
  if (certificate !== undefined && key !== undefined && !areOnePair(certificate, key))
    report('keyFile', 'it is not the key of certificateFile: write the path of the one that belongs to it');
  return ca === undefined && certificate === undefined ? undefined : { ca, certificate, key };
}

function fileOf<T>(
  key: FileKey,
  read: (path: string) => Parsed<T>,
  { entry, report }: { readonly entry: Written; readonly report: Report },
): T | undefined {
  if (entry[key] === '') return undefined;
  const outcome = read(entry[key]);
  if ('value' in outcome) return outcome.value;
  report(key, outcome.remedy);
  return undefined;
}
