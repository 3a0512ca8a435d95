import { writeFileSync } from 'node:fs';
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
    return folder.path(name);
  };
  return {
    own,
    ca: write('ca.pem', own.certificate),
    cert: write('cert.pem', own.certificate),
    key: write('key.pem', own.key),
    otherKey: write('other-key.pem', other.key),
    password: write('password', 'Circle of Life\r\nanother line\n'),
    empty: write('empty', '\nsecret\n'),
    missing: folder.path('missing'),
  };
}

it('is nobody in particular without options', async () => {
  expect(await trackersOf({ tracker })).toEqual([{ url: tracker[0] }]);
  expect(await trackersOf({}, ['http://a.example/', 'http://b.example/'])).toEqual([
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
  expect(await trackersOf({ ...options, tracker })).toEqual([{ url: tracker[0], credentials, tls }]);
});

it('shows who we are to the trackers that are named, and to those of a link only if none is', async () => {
  const { password } = await files();
  const options = { trackerUser: 'anna', trackerPasswordFile: password };
  const credentials = { username: 'anna', password: 'Circle of Life' };
  const linked = ['https://linked.example/', 'https://tracker.example/'];
  expect(await trackersOf({ ...options, tracker: [...tracker, ...tracker] }, linked)).toEqual([
    { url: 'https://linked.example/' },
    { url: 'https://tracker.example/', credentials },
  ]);
  expect(await trackersOf(options, linked)).toEqual(linked.map((url) => ({ url, credentials })));
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
    'empty: its first line is empty; write the password there',
  ],
  [
    'no password file',
    ({ missing }) => ({ trackerUser: 'anna', trackerPasswordFile: missing }),
    'missing: cannot be read: no such file or folder; name a file with the password',
  ],
  ['no CA file', ({ missing }) => ({ trackerCa: missing }), 'missing: cannot be read: no such file'],
  ['a CA that is none', ({ key }) => ({ trackerCa: key }), 'key.pem: name a file with certificates in PEM'],
  [
    'a certificate alone',
    ({ cert }) => ({ trackerCert: cert }),
    "--tracker-key (none): name the file of the certificate's key",
  ],
  ['a key alone', ({ key }) => ({ trackerKey: key }), "--tracker-cert (none): name the file of the key's certificate"],
  [
    "somebody else's key",
    ({ cert, otherKey }) => ({ trackerCert: cert, trackerKey: otherKey }),
    "other-key.pem: name a file with the certificate's own key in PEM",
  ],
  [
    'certificates where there is no TLS',
    ({ ca }) => ({ trackerCa: ca, tracker: ['http://tracker.example/'] }),
    'ca.pem: it is of no use without a tracker at an https: URL; name one, or leave it out',
  ],
])('explains %s', async (_, options, message) => {
  const reading = trackersOf({ tracker, ...options(await files()) });
  await expect(reading).rejects.toBeInstanceOf(UsageError);
  await expect(reading).rejects.toThrow(message);
});
