import { chmodSync, writeFileSync } from 'node:fs';
import { makeSelfSigned } from '@weir/tls';
import { temporaryFolder } from '../content/content.testing';
import { UsageError } from '../errors';
import { trackersOf, type TrackerAccessOptions } from './tracker-access';

const folder = temporaryFolder();
const tracker = ['https://tracker.example/'];

/** Files by name, written with what is in them. */
async function files() {
  const own = await makeSelfSigned(['tracker.example']);
  const other = await makeSelfSigned(['other.example']);
  const write = (name: string, text: string): string => {
    writeFileSync(folder.path(name), text);
    chmodSync(folder.path(name), name === 'shown' ? 0o644 : 0o600);
    return folder.path(name);
  };
  return {
    own,
    ca: write('ca.pem', own.certificate),
    cert: write('cert.pem', own.certificate),
    key: write('key.pem', own.key),
    otherKey: write('other-key.pem', other.key),
    password: write('password', 'Circle of Life\r\nanother line\n'),
    shown: write('shown', 'secret\n'),
    empty: write('empty', '\nsecret\n'),
    missing: folder.path('missing'),
  };
}

it('is nobody in particular without options', () => {
  expect(trackersOf({ tracker })).toEqual([{ url: tracker[0] }]);
  expect(trackersOf({}, ['http://a.example/', 'http://b.example/'])).toEqual([
    { url: 'http://a.example/' },
    { url: 'http://b.example/' },
  ]);
});

it('reads files, the password up to the end of its line', async () => {
  const { own, ca, cert, key, password } = await files();
  const options = {
    trackerCa: ca,
    trackerCert: cert,
    trackerKey: key,
    trackerUser: 'anna',
    trackerPasswordFile: password,
  };
  const tls = { ca: own.certificate, certificate: own.certificate, key: own.key };
  const credentials = { username: 'anna', password: 'Circle of Life' };
  expect(trackersOf({ ...options, tracker })).toEqual([{ url: tracker[0], credentials, tls }]);
});

it('shows who we are to the trackers that are named, and to those of a link only if none is', async () => {
  const { password } = await files();
  const options = { trackerUser: 'anna', trackerPasswordFile: password };
  const credentials = { username: 'anna', password: 'Circle of Life' };
  const linked = ['https://linked.example/', 'https://tracker.example/'];
  expect(trackersOf({ ...options, tracker: [...tracker, ...tracker] }, linked)).toEqual([
    { url: 'https://linked.example/' },
    { url: 'https://tracker.example/', credentials },
  ]);
  expect(trackersOf(options, linked)).toEqual(linked.map((url) => ({ url, credentials })));
});

type Files = Awaited<ReturnType<typeof files>>;

it.each<[string, (named: Files) => TrackerAccessOptions, string]>([
  ['a user without a password', () => ({ trackerUser: 'anna' }), '--tracker-user anna: name a file with the password'],
  ['a password without a user', ({ password }) => ({ trackerPasswordFile: password }), 'name whose password it is'],
  [
    'a name that no header can carry',
    ({ password }) => ({ trackerUser: 'a:b', trackerPasswordFile: password }),
    '--tracker-user "a:b": write a name without a colon',
  ],
  [
    'an empty password',
    ({ empty }) => ({ trackerUser: 'anna', trackerPasswordFile: empty }),
    'empty": its first line is empty: write the password there',
  ],
  [
    'a password that everybody can read',
    ({ shown }) => ({ trackerUser: 'anna', trackerPasswordFile: shown }),
    'shown": others than its owner could read or change it: chmod 600',
  ],
  [
    'no password file',
    ({ missing }) => ({ trackerUser: 'anna', trackerPasswordFile: missing }),
    'missing": it cannot be read',
  ],
  [
    'a password where everybody listens',
    ({ password }) => ({ trackerUser: 'anna', trackerPasswordFile: password, tracker: ['http://tracker.example/'] }),
    '--tracker-user anna: http://tracker.example/ is plain HTTP, where passwords are found out; name an https: URL',
  ],
  ['no CA file', ({ missing }) => ({ trackerCa: missing }), '--tracker-ca "'],
  ['a CA that is none', ({ key }) => ({ trackerCa: key }), 'key.pem": it holds no certificate'],
  [
    'a certificate alone',
    ({ cert }) => ({ trackerCert: cert }),
    'cert.pem: name the file of its key with --tracker-key',
  ],
  ['a key alone', ({ key }) => ({ trackerKey: key }), 'key.pem: name the file of its certificate with --tracker-cert'],
  [
    "somebody else's key",
    ({ cert, otherKey }) => ({ trackerCert: cert, trackerKey: otherKey }),
    'other-key.pem: it is not the key of --tracker-cert ',
  ],
  [
    'certificates where there is no TLS',
    ({ ca, cert }) => ({ trackerCa: ca, trackerCert: cert, tracker: ['http://tracker.example/'] }),
    '--tracker-ca, --tracker-cert: of no use without a tracker at an https: URL; name one, or leave it out',
  ],
])('explains %s', async (_, options, message) => {
  const named = { tracker, ...options(await files()) };
  expect(() => trackersOf(named)).toThrow(UsageError);
  expect(() => trackersOf(named)).toThrow(message);
});

it('is somebody by plain HTTP on this host alone', async () => {
  const { password } = await files();
  const options = { trackerUser: 'anna', trackerPasswordFile: password, tracker: ['http://127.0.0.1:7846/'] };
  expect(trackersOf(options)).toMatchObject([{ credentials: { username: 'anna' } }]);
});
