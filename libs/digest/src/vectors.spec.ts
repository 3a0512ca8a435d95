import { createHash } from 'node:crypto';

import { DigestCredentials } from '.';
import { readOffers } from './fields';

/** Of a field with one scheme in it. */
function parametersOf(field: string | undefined) {
  return Object.fromEntries(readOffers(field ?? '')?.[0]?.parameters ?? []);
}

/** Random bytes whose base64 is this. */
function drawing(cnonce: string) {
  return () => Buffer.from(cnonce, 'base64');
}

describe('the examples of RFC 7616', () => {
  const common = {
    realm: 'http-auth@example.org',
    nonce: '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v',
    opaque: 'FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS',
  };
  const challenge = (algorithm: string) =>
    `Digest realm="${common.realm}", qop="auth, auth-int", algorithm=${algorithm}, nonce="${common.nonce}", opaque="${common.opaque}"`;
  const cnonce = 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ';
  const answer = {
    ...{
      ...common,
      username: 'Mufasa',
      uri: '/dir/index.html',
      algorithm: 'SHA-256',
      nc: '00000001',
      cnonce,
      qop: 'auth',
    },
    response: '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1',
  };

  it.each([
    ['several fields', [challenge('SHA-256'), challenge('MD5')]],
    ['one field', `${challenge('SHA-256')}, ${challenge('MD5')}`],
    [
      'one field, behind what we never answer',
      `Basic realm="x", Negotiate abc==, ${challenge('MD5')}, ${challenge('SHA-256')}`,
    ],
  ])('section 3.9.1, challenges in %s', (_, challenges) => {
    const credentials = { username: 'Mufasa', password: 'Circle of Life', random: drawing(cnonce) };
    const field = new DigestCredentials(credentials).authorize({ method: 'GET', uri: answer.uri }, challenges);
    expect(parametersOf(field)).toEqual(answer);
  });

  it('section 3.9.1 without the algorithm that we speak gets no answer', () => {
    const credentials = new DigestCredentials({ username: 'Mufasa', password: 'Circle of Life' });
    for (const algorithm of ['MD5', 'MD5-sess', 'SHA-1', '']) {
      expect(credentials.authorize({ method: 'GET', uri: '/' }, challenge(algorithm))).toBeUndefined();
    }
    const unnamed = challenge('x').replace('algorithm=x, ', '');
    expect(credentials.authorize({ method: 'GET', uri: '/' }, unnamed)).toBeUndefined();
  });

  describe('section 3.9.2', () => {
    const realm = 'api@example.org';
    const nonce = '5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK';
    const opaque = 'HRPCssKJSGjCrkzDg8OhwpzCiGPChXYjwrI2QmXDnsOS';
    const drawn = 'NTg6RKcb9boFIAS3KrFK9BGeh+iDa/sm6jUMp2wds69v';
    const user = { username: 'J\u00e4s\u00f8n Doe', password: 'Secret, or not?' };
    const offer = (userhash: string) =>
      `Digest realm="${realm}", qop="auth", algorithm=SHA-512-256, nonce="${nonce}", opaque="${opaque}", charset=UTF-8${userhash}`;
    // The RFC prints values of SHA-512 cut to 256 bits; SHA-512/256 (FIPS 180-4), which it names, has another initial state.
    const printed = {
      username: '488869477bf257147b804c45308cd62ac4e25eb717b12b298c79e62dcea254ec',
      response: 'ae66e67d6b427bd3f120414a82e4acff38e8ecd9101d6c861229025f607a79dd',
    };
    const meant = {
      username: '793263caabb707a56211940d90411ea4a575adeccb7e360aeb624ed06ece9b0b',
      response: '3798d4131c277846293534c3edc11bd8a5e4cdcbff78b05db9d95eeb1cec68a5',
    };
    const rest = {
      realm,
      uri: '/doe.json',
      algorithm: 'SHA-512-256',
      nonce,
      nc: '00000001',
      cnonce: drawn,
      qop: 'auth',
      opaque,
    };
    const answerTo = (challenge: string, username = user.username) => {
      const credentials = new DigestCredentials({ ...user, username, random: drawing(drawn) });
      return parametersOf(credentials.authorize({ method: 'GET', uri: '/doe.json' }, challenge));
    };

    it('as printed, computed as it was', () => {
      const hash = (text: string) => createHash('sha512').update(text).digest('hex').slice(0, 64);
      expect(hash(`${user.username}:${realm}`)).toBe(printed.username);
      const secret = hash(`${user.username}:${realm}:${user.password}`);
      const request = hash('GET:/doe.json');
      expect(hash(`${secret}:${nonce}:00000001:${drawn}:auth:${request}`)).toBe(printed.response);
    });

    it('as meant, with the name hashed', () => {
      expect(answerTo(offer(', userhash=true'))).toEqual({ ...rest, ...meant, userhash: 'true' });
    });

    it.each([
      ['composed', user.username],
      ['decomposed', user.username.normalize('NFD')],
    ])('as meant, with the name in the extended notation, %s', (_, username) => {
      const { response } = meant;
      expect(answerTo(offer(''), username)).toEqual({ ...rest, response, 'username*': "UTF-8''J%C3%A4s%C3%B8n%20Doe" });
    });
  });
});
