import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Logger } from '@nestjs/common';
import { DigestCredentials, ha1 } from '@weir/digest';
import { decodeResponse, encodeRequest, type Request } from '@weir/ppstp';
import { makeSelfSigned } from '@weir/tls';

import type { TrackerSettings } from '../settings';
import { type RunningTracker, startTracker } from '../tracker-server.module';
import { type HttpsAnswer, makeClientAuthority, postSecurely } from './https-client.testing';
import { subjectOf } from './proof';
import { RawClient } from './raw-client.testing';

const times = { requestMillis: 150, idleMillis: 5_000, keepAliveMillis: 150, checkMillis: 10 };
const request: Request = {
  type: 'CONNECT',
  transactionId: 'first',
  peerId: 'ab',
  addresses: [],
  actions: [{ swarmId: '11', action: 'JOIN', mode: 'SEEDER' }],
};
const body = encodeRequest(request);

let folder: string;
let tracker: RunningTracker | undefined;

const start = async (settings: Partial<TrackerSettings>): Promise<RunningTracker> => {
  tracker = await startTracker({ listen: '127.0.0.1:0', ...settings }, undefined, times);
  return tracker;
};

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'weir-secure-'));
});
afterEach(async () => {
  await tracker?.close();
  tracker = undefined;
  await rm(folder, { recursive: true });
});

const file = async (name: string, text: string): Promise<string> => {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
};

function errorCodeOf({ text }: Pick<HttpsAnswer, 'text'>) {
  const decoded = decodeResponse(text);
  return decoded.ok ? decoded.message.errorCode : undefined;
}

describe('a tracker over HTTPS', () => {
  it('makes a certificate for trials, shows the same one after a restart, and tells its fingerprint', async () => {
    const tls = { selfSignedDirectory: join(folder, 'trial') };
    const { url, fingerprint } = await start({ tls });
    expect(url).toMatch(/^https:/);
    const ca = await readFile(join(tls.selfSignedDirectory, 'tracker-cert.pem'), 'utf8');
    expect(await postSecurely(url, body, { ca })).toMatchObject({ status: 200, fingerprint, protocol: 'TLSv1.3' });
    await expect(postSecurely(url, body)).rejects.toMatchObject({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
    await tracker?.close();
    expect((await start({ tls })).fingerprint).toBe(fingerprint);
  });

  it('says so when it starts with a certificate that has ended', async () => {
    const { certificate, key } = await makeSelfSigned(['127.0.0.1'], new Date(0));
    const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
    try {
      const [certificateFile, keyFile] = [await file('ended.pem', certificate), await file('ended.key', key)];
      await start({ tls: { certificateFile, keyFile } });
      expect(warn.mock.calls.flat()).toContainEqual(expect.stringMatching(/^the certificate ended 19/));
    } finally {
      warn.mockRestore();
    }
  });

  it('speaks TLS 1.2, and nothing older', async () => {
    const { url } = await start({ tls: { selfSignedDirectory: folder } });
    const options = { rejectUnauthorized: false, ciphers: 'DEFAULT@SECLEVEL=0' };
    expect(await postSecurely(url, body, { ...options, maxVersion: 'TLSv1.2' })).toMatchObject({ protocol: 'TLSv1.2' });
    await expect(
      postSecurely(url, body, { ...options, minVersion: 'TLSv1', maxVersion: 'TLSv1.1' }),
    ).rejects.toMatchObject({ message: expect.stringContaining('alert protocol version') });
  });

  it('shows a renewed certificate to new connections, and the one before if the new one is of no use', async () => {
    const [before, after] = await Promise.all([makeSelfSigned(['127.0.0.1']), makeSelfSigned(['127.0.0.1'])]);
    const certificateFile = await file('cert.pem', before.certificate);
    const keyFile = await file('key.pem', before.key);
    const running = await start({ tls: { certificateFile, keyFile } });
    const shown = async (ca: string) => (await postSecurely(running.url, body, { ca })).status;
    expect(await shown(before.certificate)).toBe(200);
    await file('cert.pem', after.certificate);
    const log = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
    expect(await running.reload()).toBe(false);
    expect(log.mock.calls.join('')).toContain('is not the key of');
    log.mockRestore();
    expect(await shown(before.certificate)).toBe(200);
    await file('key.pem', after.key);
    expect(await running.reload()).toBe(true);
    expect(await shown(after.certificate)).toBe(200);
  });

  it('ends connections that begin no handshake', async () => {
    const { url } = await start({ tls: { selfSignedDirectory: folder } });
    const silent = new RawClient(url);
    await silent.closed;
    const plain = new RawClient(url);
    plain.send('POST / HTTP/1.1\r\n\r\n');
    await plain.closed;
  });
});

describe('a tracker that asks for names by HTTP Digest (RFC 7616)', () => {
  const users = (...lines: string[]) => file('users', ['# who may', '', ...lines, ''].join('\n'));
  const anna = `anna:weir:${ha1('anna', 'weir', 'secret')}`;
  const ask = (url: string, authorization?: string) =>
    postSecurely(url, body, {
      rejectUnauthorized: false,
      headers: authorization === undefined ? {} : { authorization },
    });

  it('answers 401 with a challenge and 06 with the transaction, and serves who answers it', async () => {
    const authentication = { digest: 'always', usersFile: await users(anna) } as const;
    const { url } = await start({ tls: { selfSignedDirectory: folder }, authentication });
    const refused = await ask(url);
    expect(refused).toMatchObject({ status: 401, challenge: expect.stringMatching(/^Digest .*algorithm=SHA-256/) });
    expect(decodeResponse(refused.text)).toMatchObject({ message: { errorCode: 6, transactionId: 'first' } });
    const credentials = new DigestCredentials({ username: 'anna', password: 'secret' });
    const sent = { method: 'POST', uri: '/', body };
    const served = await ask(url, credentials.authorize(sent, refused.challenge ?? ''));
    expect([served.status, errorCodeOf(served)]).toEqual([200, 0]);
    expect(served.info).toContain('rspauth=');
    expect((await ask(url, credentials.next(sent))).status).toBe(200);
  });

  it('asks only where a closed swarm needs a name, and lets in who has a grant', async () => {
    const usersFile = await users(anna, `otto:weir:${ha1('otto', 'weir', 'secret')}`);
    const { url, admin } = await start({
      tls: { selfSignedDirectory: folder },
      authentication: { usersFile },
      stateDirectory: join(folder, 'state'),
      admin: { listen: '127.0.0.1:0' },
    });
    const authorization = `Bearer ${(await readFile(admin?.tokenFile ?? '', 'utf8')).trim()}`;
    const put = (path: string, view: object) =>
      fetch(`${admin?.url ?? ''}/v1/swarms/${path}`, {
        method: 'PUT',
        headers: { authorization, 'content-type': 'application/json' },
        body: JSON.stringify(view),
      });
    expect((await ask(url)).status).toBe(200);
    expect((await put('22', { access: 'closed' })).ok).toBe(true);
    expect((await put('22/grants/anna', {})).ok).toBe(true);
    const joining = (peerId: string) =>
      encodeRequest({ ...request, peerId, actions: [{ swarmId: '22', action: 'JOIN', mode: 'SEEDER' }] });
    const join22 = (peerId: string, field?: string) =>
      postSecurely(url, joining(peerId), {
        rejectUnauthorized: false,
        headers: field === undefined ? {} : { authorization: field },
      });
    const refused = await join22('cd');
    expect([refused.status, errorCodeOf(refused)]).toEqual([401, 6]);
    const as = async (username: string, peerId: string) => {
      const credentials = new DigestCredentials({ username, password: 'secret' });
      const sent = { method: 'POST', uri: '/', body: joining(peerId) };
      const answer = await join22(peerId, credentials.authorize(sent, refused.challenge ?? ''));
      return [answer.status, errorCodeOf(answer)];
    };
    expect(await as('otto', 'ef')).toEqual([200, 3]);
    expect(await as('anna', 'cd')).toEqual([200, 0]);
  });

  it('refuses a wrong password, an unknown user and a request that comes again, the last as stale', async () => {
    const { url } = await start({
      tls: { selfSignedDirectory: folder },
      authentication: { digest: 'always', usersFile: await users(anna) },
    });
    const challenge = (await ask(url)).challenge ?? '';
    const proof = (username: string, password: string) =>
      new DigestCredentials({ username, password }).authorize({ method: 'POST', uri: '/', body }, challenge);
    for (const wrong of [proof('anna', 'guess'), proof('otto', 'secret')]) {
      expect(await ask(url, wrong)).toMatchObject({ status: 401, challenge: expect.not.stringContaining('stale') });
    }
    const good = proof('anna', 'secret');
    expect((await ask(url, good)).status).toBe(200);
    const again = await ask(url, good);
    expect(again).toMatchObject({ status: 401, challenge: expect.stringContaining('stale=true') });
    expect(errorCodeOf(again)).toBe(6);
  });

  it('reads its users anew', async () => {
    const usersFile = await users();
    const running = await start({
      tls: { selfSignedDirectory: folder },
      authentication: { digest: 'always', usersFile },
    });
    const challenge = (await ask(running.url)).challenge ?? '';
    const credentials = new DigestCredentials({ username: 'anna', password: 'secret' });
    const sent = { method: 'POST', uri: '/', body };
    expect((await ask(running.url, credentials.authorize(sent, challenge))).status).toBe(401);
    await users(anna);
    expect(await running.reload()).toBe(true);
    expect((await ask(running.url, credentials.next(sent))).status).toBe(200);
  });

  it.each([
    ['anna:weir:abc', 'line 3'],
    ['anna', 'line 3'],
    [`anna:other:${'0'.repeat(64)}`, 'another realm'],
  ])('does not start with the line %s', async (line, problem) => {
    const usersFile = await users(line);
    await expect(start({ authentication: { usersFile } })).rejects.toMatchObject({
      code: 'TRACKER_FILE_INVALID',
      message: expect.stringContaining(problem),
      details: { path: usersFile },
    });
  });
});

describe('a tracker that asks for client certificates', () => {
  it('takes the name of one that its authority vouches for, for a proof', async () => {
    const [ours, foreign] = await Promise.all([makeClientAuthority('peers'), makeClientAuthority('others')]);
    const clientCaFile = await file('ca.pem', ours.certificate);
    const usersFile = await file('users', '');
    const { url } = await start({
      tls: { selfSignedDirectory: folder, clientCaFile },
      authentication: { digest: 'always', usersFile },
    });
    const status = async (options: object) =>
      (await postSecurely(url, body, { rejectUnauthorized: false, ...options })).status;
    expect(await status({})).toBe(401);
    expect(await status(await foreign.client('anna'))).toBe(401);
    expect(await status(await ours.client('anna'))).toBe(200);
  });

  it('lets nobody in without, where it requires one', async () => {
    const [ours, foreign] = await Promise.all([makeClientAuthority('peers'), makeClientAuthority('others')]);
    const clientCaFile = await file('ca.pem', ours.certificate);
    const { url } = await start({
      tls: { selfSignedDirectory: folder, clientCaFile, clientCertificates: 'require' },
    });
    const post = (options: object) => postSecurely(url, body, { rejectUnauthorized: false, ...options });
    await expect(post({})).rejects.toMatchObject({ code: expect.any(String) });
    await expect(post(await foreign.client('anna'))).rejects.toMatchObject({ code: expect.any(String) });
    expect((await post(await ours.client('anna'))).status).toBe(200);
  });
});

it.each([
  [{ subject: { CN: 'anna' }, subjectaltname: 'DNS:other.example' }, 'anna'],
  [{ subject: {}, subjectaltname: 'IP Address:192.0.2.1, DNS:peer.example, URI:https://a' }, 'peer.example'],
  [{ subject: {}, subjectaltname: 'email:anna@example.org' }, 'anna@example.org'],
  [{ subject: { CN: ['anna', 'otto'] } }, undefined],
  [{ subject: { CN: 'anna\u0000otto' } }, undefined],
  [{ subject: { CN: 'x'.repeat(129) } }, undefined],
  [{ subject: {}, subjectaltname: 'DNS:"a, DNS:b"' }, undefined],
  [{}, undefined],
])('the subject of %j is named %s', (certificate, name) => {
  expect(subjectOf(certificate)).toBe(name);
});
