import 'reflect-metadata';
import { createPrivateKey, webcrypto } from 'node:crypto';
import { SubjectAlternativeNameExtension, X509Certificate, X509CertificateGenerator } from '@peculiar/x509';
import * as fc from 'fast-check';
import { limits as protocolLimits, type MembershipVerdict } from '@weir/ppspp';
import { MembershipError } from './errors';
import { makeAuthority, MembershipIssuer, type Authority } from './issuer';
import { limits } from './limits';
import { memberName, parseMemberName, type Member } from './member-name';
import { MembershipVerifier } from './verifier';

const swarmId = 'e5a12c7ad2d8fab33c699d1e198d66f79fa610c3';
const member: Member = { swarmId, address: { ip: '192.0.2.0', port: 6778 } };
const begun = Date.UTC(2026, 0, 1);

let authority: Authority;
let issuer: MembershipIssuer;
let certificate: Uint8Array;
let now = begun;

beforeAll(async () => {
  authority = await makeAuthority('tracker', new Date(begun));
  issuer = await MembershipIssuer.open(authority);
  certificate = await issuer.issue(member, new Date(begun));
});

beforeEach(() => {
  now = begun;
});

const verifier = (...authorities: Authority[]): MembershipVerifier =>
  new MembershipVerifier(
    authorities.map((one) => one.certificate),
    () => now,
  );

const faultOf = (verdict: MembershipVerdict): string => (verdict.ok ? 'none' : verdict.fault);

describe('names', () => {
  it('are those of RFC 7574 section 8.13', () => {
    expect(memberName(member)).toBe('file://192.0.2.0:6778/e5a12c7ad2d8fab33c699d1e198d66f79fa610c3');
    expect(memberName({ swarmId: 'ab', address: { ip: '2001:db8::1', port: 1 } })).toBe('file://[2001:db8::1]:1/ab');
  });

  it('round-trip', () => {
    fc.assert(
      fc.property(
        fc.ipV4(),
        fc.integer({ min: 1, max: 65_535 }),
        fc.uint8Array({ minLength: 1, maxLength: 64 }),
        (ip, port, id) => {
          const any = { swarmId: Buffer.from(id).toString('hex'), address: { ip, port } };
          expect(parseMemberName(memberName(any))).toEqual(any);
        },
      ),
    );
  });

  it.each([
    ...['', 'file://192.0.2.0/ab', 'file://192.0.2.0:0/ab', 'file://192.0.2.0:65536/ab', 'file://192.0.2.0:1/'],
    ...['file://192.0.2.0:1/abc', 'file://192.0.2.0:1/xy', 'http://192.0.2.0:1/ab', 'file://192.0.2.999:1/ab'],
    ...['file://peer.example:1/ab', 'file://u@192.0.2.0:1/ab', 'file://192.0.2.0:1/ab/cd', 'file://192.0.2.0:1/ab?x'],
  ])('cannot be %j', (name) => {
    expect(parseMemberName(name)).toBeUndefined();
  });
});

describe('a certificate', () => {
  it('proves where a member is, as long as it is valid', () => {
    now = begun + 1_000;
    const validFor = (limits.lifetimeMillis - 1_000) * 1_000;
    expect(verifier(authority).check(certificate, swarmId)).toEqual({ ok: true, address: member.address, validFor });
  });

  it('of an IPv6 address does so too', async () => {
    const address = { ip: '2001:db8::1', port: 9 };
    expect(verifier(authority).check(await issuer.issue({ swarmId, address }, new Date(now)), swarmId)).toMatchObject({
      ok: true,
      address,
    });
  });

  it('fits one packet, whatever swarm it is for', async () => {
    const longest = {
      swarmId: 'ab'.repeat(64),
      address: { ip: '2001:db8:1111:1111:1111:1111:1111:1111', port: 65_535 },
    };
    expect((await issuer.issue(longest)).length).toBeLessThanOrEqual(protocolLimits.certificateBytesMax);
  });

  it('of another issuer is refused, even of one of the same name', async () => {
    const other = await makeAuthority('tracker', new Date(begun));
    expect(faultOf(verifier(other).check(certificate, swarmId))).toBe('certificate-issuer');
    expect(faultOf(verifier().check(certificate, swarmId))).toBe('certificate-issuer');
    expect(faultOf(verifier(other, authority).check(certificate, swarmId))).toBe('none');
  });

  it('is refused before its time, but for other clocks, and after it', () => {
    now = begun - limits.skewMillis - 1;
    expect(faultOf(verifier(authority).check(certificate, swarmId))).toBe('certificate-expired');
    now = begun - limits.skewMillis;
    expect(faultOf(verifier(authority).check(certificate, swarmId))).toBe('none');
    now = begun + limits.lifetimeMillis;
    expect(faultOf(verifier(authority).check(certificate, swarmId))).toBe('certificate-expired');
  });

  it('expires though its check is remembered', () => {
    const one = verifier(authority);
    expect(one.check(certificate, swarmId).ok).toBe(true);
    now = begun + limits.lifetimeMillis;
    expect(faultOf(one.check(certificate, swarmId))).toBe('certificate-expired');
  });

  it('for another swarm is refused', () => {
    expect(faultOf(verifier(authority).check(certificate, 'ab'.repeat(20)))).toBe('certificate-swarm');
  });

  it('changed in any bit proves nothing', () => {
    // The verifier's rate is not what is tested here.
    fc.assert(
      fc.property(fc.nat(certificate.length - 1), fc.nat(7), (at, bit) => {
        const changed = certificate.slice();
        changed[at] = (changed[at] ?? 0) ^ (1 << bit);
        expect(verifier(authority).check(changed, swarmId).ok).toBe(false);
      }),
      { numRuns: 200 },
    );
  });

  it('cut short, made longer, in PEM, or of any bytes is malformed', () => {
    const pem = Buffer.from(
      `-----BEGIN CERTIFICATE-----\n${Buffer.from(certificate).toString('base64')}\n-----END CERTIFICATE-----\n`,
    );
    const cases = [
      certificate.slice(0, -1),
      Buffer.concat([certificate, Buffer.of(0)]),
      pem,
      Buffer.of(),
      Buffer.of(0x30),
    ];
    for (const bytes of cases) expect(faultOf(verifier(authority).check(bytes, swarmId))).toBe('certificate-malformed');
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 1_000 }), (bytes) => {
        expect(faultOf(verifier(authority).check(bytes, swarmId))).toBe('certificate-malformed');
      }),
    );
  });

  it.each([
    ['its name is not marked critical', [{ type: 'url', value: memberName(member) }], false],
    [
      'it has two names',
      [1, 2].map((id) => ({ type: 'url' as const, value: memberName({ ...member, swarmId: `0${String(id)}` }) })),
      true,
    ],
    ['its name is of another kind', [{ type: 'dns', value: 'peer.example' }], true],
    ['its name names a host', [{ type: 'url', value: `file://peer.example:6778/${swarmId}` }], true],
  ] as const)('of the right authority is malformed when %s', async (_, names, isCritical) => {
    const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
    const pkcs8 = createPrivateKey(authority.key).export({ format: 'der', type: 'pkcs8' });
    const signed = await X509CertificateGenerator.create({
      subject: '',
      issuer: new X509Certificate(authority.certificate).subject,
      publicKey: (await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])).publicKey,
      signingKey: await webcrypto.subtle.importKey('pkcs8', pkcs8, algorithm, false, ['sign']),
      signingAlgorithm: algorithm,
      notBefore: new Date(begun),
      notAfter: new Date(begun + 1_000_000),
      extensions: [new SubjectAlternativeNameExtension([...names], isCritical)],
    });
    const verdict = verifier(authority).check(new Uint8Array(signed.rawData), swarmId);
    expect(faultOf(verdict)).toBe('certificate-malformed');
  });

  it('of the authority itself is none of a member', () => {
    const [, base64 = ''] = /-----BEGIN CERTIFICATE-----([^-]*)/.exec(authority.certificate) ?? [];
    const verdict = verifier(authority).check(Buffer.from(base64, 'base64'), swarmId);
    expect(verdict.ok).toBe(false);
  });
});

it('checks so many in a second, and those that it knows beside them', () => {
  const one = verifier(authority);
  expect(one.check(certificate, swarmId).ok).toBe(true);
  const bytes = (count: number): Uint8Array => Buffer.from(`flood ${String(count)}`);
  for (let count = 1; count < limits.checksPerSecondMax; count++) one.check(bytes(count), swarmId);
  expect(faultOf(one.check(bytes(9_999), swarmId))).toBe('certificate-unchecked');
  expect(one.check(certificate, swarmId).ok).toBe(true);
  now += 1_000;
  expect(faultOf(one.check(bytes(9_999), swarmId))).toBe('certificate-malformed');
});

describe('an authority', () => {
  it.each(['', 'no PEM', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'])('cannot be %j', (pem) => {
    expect(() => new MembershipVerifier([pem])).toThrow(MembershipError);
  });

  it('has a key and a certificate that belong together', async () => {
    const other = await makeAuthority('other');
    for (const wrong of [
      { ...authority, key: other.key },
      { ...authority, key: 'no key' },
      { ...authority, certificate: '' },
    ])
      await expect(MembershipIssuer.open(wrong)).rejects.toMatchObject({ code: 'MEMBERSHIP_AUTHORITY_INVALID' });
  });
});
