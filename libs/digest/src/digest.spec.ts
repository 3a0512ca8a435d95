import { createHash } from 'node:crypto';

import * as fc from 'fast-check';

import { DigestCredentials, DigestRealm, type DigestRealmOptions, ha1, userHash } from '.';
import { readOffers } from './fields';
import { limits } from './limits';

/** Of a field with one scheme in it. */
function parametersOf(field: string | undefined) {
  return Object.fromEntries(readOffers(field ?? '')?.[0]?.parameters ?? []);
}

describe('a realm and a client', () => {
  const request = { method: 'POST', uri: '/announce?x=1', body: '{}' };
  const realm = 'tracker "one" \\ here';

  function world(
    settings: Partial<DigestRealmOptions> = {},
    users: readonly [string, string][] = [['anna', 'secret']],
  ) {
    const clock = { now: 1_700_000_000_000 };
    const secrets = new Map(users.map(([user, password]) => [user, ha1(user, realm, password)]));
    const options = {
      realm,
      secret: Buffer.alloc(32, 7),
      nonceMillis: 1000,
      now: () => clock.now,
      ha1Of: (user: string) => secrets.get(user),
    };
    return { clock, server: new DigestRealm({ ...options, ...settings }), options };
  }

  function client(username = 'anna', password = 'secret') {
    return new DigestCredentials({ username, password });
  }

  it.each([
    ['nothing', undefined],
    ['another scheme', 'Basic YW5uYTpzZWNyZXQ='],
  ])('that sends %s are asked', (_, authorization) => {
    expect(world().server.verify({ ...request, authorization })).toEqual({ ok: false, reason: 'missing' });
  });

  it.each([
    ['of the request', {}, 'auth'],
    ['of the body', { bodies: true }, 'auth-int'],
    ['of the name', { userOfHash: (hash: string) => (hash === userHash('anna', realm) ? 'anna' : undefined) }, 'auth'],
  ])('agree, with protection %s', (_, settings, qop) => {
    const { server } = world(settings);
    const authorization = client().authorize(request, server.challenge());
    expect(parametersOf(authorization)).toMatchObject({ qop });
    expect(server.verify({ ...request, authorization })).toMatchObject({ ok: true, user: 'anna' });
    expect(authorization?.includes('anna')).toBe(!('userOfHash' in settings));
  });

  it('agree about any name and password, and nobody else gets in', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 20 });
    const name = text.filter((value) => value !== '' && !value.includes(':'));
    fc.assert(
      fc.property(name, text, text, (user, password, other) => {
        const { server } = world({}, [[user.normalize('NFC'), password]]);
        const authorization = client(user, password).authorize(request, server.challenge());
        expect(server.verify({ ...request, authorization })).toMatchObject({ ok: true, user: user.normalize('NFC') });
        fc.pre(other.normalize('NFC') !== password.normalize('NFC'));
        const wrong = client(user, other).authorize(request, server.challenge());
        expect(server.verify({ ...request, authorization: wrong })).toEqual({ ok: false, reason: 'refused' });
      }),
    );
  });

  it.each<[string, object, string | RegExp, string]>([
    ['method', { method: 'GET' }, '', ''],
    ['target', { uri: '/announce' }, '', ''],
    ['target as it is stated', {}, 'uri="/announce', 'uri="/other'],
    ['realm', {}, 'realm="tracker', 'realm="other'],
    ['user', {}, 'username="anna"', 'username="berta"'],
    ['two names', {}, 'username="anna"', 'username="anna", username*=UTF-8\'\'anna'],
    ['algorithm', {}, 'algorithm=SHA-256', 'algorithm=MD5'],
    ['no algorithm', {}, 'algorithm=SHA-256, ', ''],
    ['quality', {}, 'qop=auth', 'qop=auth-int'],
    ['no quality', {}, 'qop=auth, ', ''],
    ['count', {}, 'nc=00000001', 'nc=00000002'],
    ['no count', {}, 'nc=00000001', 'nc=1'],
    ['client nonce', {}, /cnonce="[^"]*"/, 'cnonce=""'],
    ['nonce', {}, 'nonce="', 'nonce="A'],
    ['a parameter twice', {}, 'nc=00000001', 'nc=00000001, nc=00000001'],
    ['a second scheme', {}, /$/, ', Digest username="anna"'],
    ['too many parameters', {}, /$/, Array.from({ length: limits.partsMax }, (_, i) => `, x${String(i)}=1`).join('')],
    ['too long a field', {}, /$/, `, x="${'x'.repeat(limits.fieldCharsMax)}"`],
    ['response cut short', {}, /response="../, 'response="'],
    ['a hashed name where names are not hashed', {}, /$/, ', userhash=true'],
  ])('refuse what was changed: %s', (_, changed, from, to) => {
    const { server } = world();
    const field = client().authorize(request, server.challenge()) ?? '';
    expect(server.verify({ ...request, authorization: field })).toMatchObject({ ok: true });
    const authorization = field.replace(from, to);
    expect(server.verify({ ...request, authorization, ...changed })).toEqual({ ok: false, reason: 'refused' });
  });

  it('refuse another body where bodies are protected', () => {
    const { server } = world({ bodies: true });
    const authorization = client().authorize(request, server.challenge());
    for (const body of ['{ }', undefined]) {
      expect(server.verify({ ...request, authorization, body })).toEqual({ ok: false, reason: 'refused' });
    }
  });

  it('use a nonce again, and every count of it once, in whatever order they arrive', () => {
    const { server } = world();
    const anna = client();
    const fields = [
      anna.authorize(request, server.challenge()),
      ...Array.from({ length: 40 }, () => anna.next(request)),
    ];
    const verdicts = (some: typeof fields) =>
      some.map((authorization) => server.verify({ ...request, authorization }).ok);
    expect(verdicts([...fields.slice(0, 20)].reverse())).toEqual(Array.from({ length: 20 }, () => true));
    expect(verdicts(fields.slice(0, 20))).toEqual(Array.from({ length: 20 }, () => false));
    expect(verdicts(fields.slice(40))).toEqual([true]);
    // Of those that were overtaken, the ones within the window are still good, once.
    const late = fields.slice(20, 40);
    expect(verdicts(late)).toEqual(Array.from({ length: 20 }, () => true));
    expect(verdicts(late)).toEqual(Array.from({ length: 20 }, () => false));
    expect(server.noncesUsed).toBe(1);
  });

  it('know no count from beyond the window', () => {
    const { server } = world();
    const anna = client();
    const first = anna.authorize(request, server.challenge());
    for (let i = 1; i < limits.countsWindow; i++) anna.next(request);
    expect(server.verify({ ...request, authorization: anna.next(request) })).toMatchObject({ ok: true });
    expect(server.verify({ ...request, authorization: first })).toEqual({ ok: false, reason: 'stale' });
  });

  it('part with a nonce in time: the client is told the next one, or asked again', () => {
    const { server, clock } = world();
    const anna = client();
    const verify = (authorization: string | undefined) => server.verify({ ...request, authorization });
    const first = verify(anna.authorize(request, server.challenge()));
    expect(first.ok && first.info).not.toContain('nextnonce');
    clock.now += 500;
    const second = verify(anna.next(request));
    const info = second.ok ? (second.info ?? '') : '';
    expect(info).toContain('nextnonce');
    const old = anna.next(request);
    anna.taught(info);
    clock.now += 501;
    expect(verify(old)).toEqual({ ok: false, reason: 'stale' });
    expect(verify(anna.next(request))).toMatchObject({ ok: true });
    clock.now += 10_000;
    expect(verify(anna.next(request))).toEqual({ ok: false, reason: 'stale' });
    expect(server.challenge({ stale: true })).toContain(', stale=true');
    expect(verify(anna.authorize(request, server.challenge({ stale: true })))).toMatchObject({ ok: true });
    clock.now -= 20_000;
    expect(verify(anna.next(request))).toEqual({ ok: false, reason: 'stale' });
  });

  it('begin anew with a server that has another secret, go on with one that has the same', () => {
    const { server, options } = world();
    const anna = client();
    anna.authorize(request, server.challenge());
    const other = new DigestRealm({ ...options, secret: Buffer.alloc(32, 8) });
    expect(other.verify({ ...request, authorization: anna.next(request) })).toEqual({ ok: false, reason: 'stale' });
    const same = new DigestRealm(options);
    expect(same.verify({ ...request, authorization: anna.next(request) })).toMatchObject({ ok: true });
  });

  it('prove the server to the client (RFC 7616 section 3.5)', () => {
    const { server } = world();
    const authorization = client().authorize(request, server.challenge());
    const { nonce = '', cnonce = '' } = parametersOf(authorization);
    const hash = (text: string) => createHash('sha256').update(text).digest('hex');
    const proof = hash(`${hash(`anna:${realm}:secret`)}:${nonce}:00000001:${cnonce}:auth:${hash(`:${request.uri}`)}`);
    const info = `qop=auth, rspauth="${proof}", cnonce="${cnonce}", nc=00000001`;
    expect(server.verify({ ...request, authorization })).toEqual({ ok: true, user: 'anna', info });
  });

  it('remember no more nonces than there is room for, and let none of them be used twice', () => {
    const { server, clock } = world({ noncesMax: 4 });
    const answers = Array.from({ length: 5 }, () => {
      clock.now += 1;
      return client().authorize(request, server.challenge());
    });
    const [first] = answers;
    for (const authorization of answers) expect(server.verify({ ...request, authorization }).ok).toBe(true);
    expect(server.noncesUsed).toBe(4);
    expect(server.verify({ ...request, authorization: first })).toEqual({ ok: false, reason: 'stale' });
  });

  it('go on counting when a nonce is given twice', () => {
    const { server } = world();
    const challenge = server.challenge();
    const anna = client();
    const fields = [anna.authorize(request, challenge), anna.authorize(request, challenge)];
    expect(fields.map((field) => parametersOf(field)['nc'])).toEqual(['00000001', '00000002']);
  });

  it('forget what was refused', () => {
    const anna = client();
    expect(anna.next(request)).toBeUndefined();
    anna.authorize(request, world().server.challenge());
    expect(anna.next(request)).toBeDefined();
    anna.forget();
    expect(anna.next(request)).toBeUndefined();
  });

  it('make a session key of what the session began with (RFC 7616 section 3.4.2)', () => {
    const anna = client();
    const field = anna.authorize(request, 'Digest realm="r", qop="auth", algorithm=SHA-256-sess, nonce="one"');
    const { cnonce = '' } = parametersOf(field);
    anna.taught('nextnonce="two"');
    const { nonce, response } = parametersOf(anna.next(request));
    const hash = (text: string) => createHash('sha256').update(text).digest('hex');
    const key = hash(`${hash('anna:r:secret')}:one:${cnonce}`);
    expect(nonce).toBe('two');
    expect(response).toBe(hash(`${key}:two:00000001:${cnonce}:auth:${hash(`POST:${request.uri}`)}`));
  });

  it.each([
    ['no nonce', 'Digest realm="r", qop="auth", algorithm=SHA-256'],
    ['no realm', 'Digest qop="auth", algorithm=SHA-256, nonce="n"'],
    ['no quality', 'Digest realm="r", algorithm=SHA-256, nonce="n"'],
    ['another quality', 'Digest realm="r", qop="x", algorithm=SHA-256, nonce="n"'],
    ['what no header field carries back', 'Digest realm="r", qop="auth", algorithm=SHA-256, nonce="n\u0001"'],
    ['half a string', 'Digest realm="r", qop="auth", algorithm=SHA-256, nonce="n'],
  ])('are silent about a challenge with %s', (_, challenge) => {
    expect(client().authorize(request, challenge)).toBeUndefined();
  });

  it('read any field without harm', () => {
    const part = fc.constantFrom(
      'Digest ',
      'a',
      '=',
      '"',
      '\\',
      ',',
      ' ',
      'nonce="x"',
      'realm="r"',
      '\n',
      '\u00e4',
      ';',
    );
    const field = fc.oneof(
      fc.string(),
      fc.array(part).map((parts) => parts.join('')),
    );
    const { server } = world();
    const anna = client();
    fc.assert(
      fc.property(field, (text) => {
        anna.authorize(request, text);
        anna.taught(text);
        expect(server.verify({ ...request, authorization: text }).ok).toBe(false);
      }),
    );
  });
});
