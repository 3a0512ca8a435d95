import { randomBytes, timingSafeEqual } from 'node:crypto';

import { type Protection, responseTo } from './algorithms';
import { type Parameters, quoted, readOffers } from './fields';
import { limits } from './limits';
import { Nonces } from './nonces';

/** A protection space, and who is let in. */
export interface DigestRealmOptions {
  /** Shown to users; should hold the host's name (RFC 7616 section 5.2). Printable ASCII. */
  readonly realm: string;
  /** 32 random bytes. A server that starts again with another one makes its clients ask once more, no worse. */
  readonly secret: Uint8Array;
  /** How long a nonce can be used; from half of it on, clients are told the next one. */
  readonly nonceMillis: number;
  /** Unix time in milliseconds. */
  readonly now: () => number;
  /** H(A1) of a user, as `ha1` makes it; undefined for who is unknown. */
  readonly ha1Of: (user: string) => string | undefined;
  /** The user behind a `userHash`. With it, clients are told not to send names in the clear. */
  readonly userOfHash?: (hash: string) => string | undefined;
  /** Offers protection of bodies, too: without TLS, nobody on the way can exchange one. `verify` then needs it. */
  readonly bodies?: boolean;
  /** Nonces in use that are remembered. Default `limits.noncesMax`. */
  readonly noncesMax?: number;
  readonly random?: (bytes: number) => Uint8Array;
}

/** What a server received. */
export interface DigestRequest {
  readonly method: string;
  /** The request-target, as it stands in the request line. */
  readonly uri: string;
  /** The value of the Authorization field. */
  readonly authorization: string | undefined;
  /** The entity body; needed where bodies are protected. */
  readonly body?: string | undefined;
}

/**
 * Who sent a request, or why that is not known. `missing`: nothing of Digest was sent. `stale`: the password is right, the
 * nonce is old, foreign or used up: challenge with `stale`. `refused`: anything else, and no word more about it.
 */
export type Verified =
  | { readonly ok: true; readonly user: string; /** Value of Authentication-Info. */ readonly info?: string }
  | { readonly ok: false; readonly reason: 'missing' | 'stale' | 'refused' };

interface Claim {
  readonly protection: Protection;
  readonly user: string;
  readonly nonce: string;
  readonly cnonce: string;
  readonly count: string;
  readonly response: string;
}

/** The one that H(A1) is kept in. */
const algorithm = 'SHA-256';

/** Of nobody: an unknown user costs as much as a known one, and gets as far as one with a wrong password. */
const ha1OfNobody = '0'.repeat(64);

/**
 * The server's half of RFC 7616: SHA-256, with `qop`, without MD5. Keeps no state for a nonce until a user has shown that he
 * knows his password with it. Never throws for what a client sends.
 */
export class DigestRealm {
  private readonly nonces: Nonces;

  constructor(private readonly options: DigestRealmOptions) {
    const { realm, secret, nonceMillis, random = randomBytes, noncesMax = limits.noncesMax } = options;
    this.nonces = new Nonces({ realm, secret, nonceMillis, random, noncesMax });
  }

  /** Value of a WWW-Authenticate field, with a nonce of its own. RFC 7616 section 3.3. */
  challenge({ stale = false }: { readonly stale?: boolean } = {}): string {
    const { realm, now, bodies = false, userOfHash } = this.options;
    const parameters = [
      `realm=${quoted(realm)}`,
      `qop=${quoted(bodies ? 'auth, auth-int' : 'auth')}`,
      'algorithm=SHA-256',
      `nonce=${quoted(this.nonces.issue(now()))}`,
      ...(stale ? ['stale=true'] : []),
      'charset=UTF-8',
      ...(userOfHash === undefined ? [] : ['userhash=true']),
    ];
    return `Digest ${parameters.join(', ')}`;
  }

  /** Whose request this is. A request is vouched for once: the same one again is stale (RFC 7616 section 5.5). */
  verify(request: DigestRequest): Verified {
    const parameters = readDigest(request.authorization);
    if (parameters === 'missing') return { ok: false, reason: 'missing' };
    const claim = parameters && this.claimIn(parameters, request);
    if (!claim) return { ok: false, reason: 'refused' };
    const secret = this.options.ha1Of(claim.user);
    const expected = responseTo(algorithm, secret ?? ha1OfNobody, { ...request, ...claim });
    if (!equal(expected, claim.response) || secret === undefined) return { ok: false, reason: 'refused' };
    const now = this.options.now();
    const age = this.nonces.age(claim.nonce, now);
    const used = age !== undefined && this.nonces.use(claim.nonce, claim.user, parseInt(claim.count, 16), now);
    if (!used) return { ok: false, reason: 'stale' };
    const info = this.info(claim, { secret, uri: request.uri, late: age * 2 >= this.options.nonceMillis });
    return { ok: true, user: claim.user, ...(info === '' ? {} : { info }) };
  }

  /** Nonces in use that are remembered. */
  get noncesUsed(): number {
    return this.nonces.size;
  }

  private claimIn(parameters: Parameters, { uri, body }: DigestRequest): Claim | undefined {
    const of = (name: string) => parameters.get(name) ?? '';
    const protection = of('qop');
    const count = of('nc');
    const user = this.userIn(parameters);
    if (of('realm') !== this.options.realm || of('uri') !== uri || user === undefined) return undefined;
    // What is absent is MD5: RFC 7616 section 3.3.
    if (of('algorithm').toUpperCase() !== algorithm) return undefined;
    if (protection !== 'auth' && (protection !== 'auth-int' || !this.options.bodies || body === undefined)) {
      return undefined;
    }
    if (!/^[0-9a-f]{8}$/i.test(count) || of('cnonce') === '') return undefined;
    const [nonce, cnonce, response] = [of('nonce'), of('cnonce'), of('response').toLowerCase()];
    return { protection, user, nonce, cnonce, count, response };
  }

  /** RFC 7616 section 3.4: a name, an extended name, or the hash of one; two of them are an error. */
  private userIn(parameters: Parameters): string | undefined {
    const name = parameters.get('username');
    const extended = parameters.get('username*');
    if (name !== undefined && extended !== undefined) return undefined;
    if (extended !== undefined) return extendedValue(extended);
    if (name === undefined || parameters.get('userhash')?.toLowerCase() !== 'true') return name && fromBytes(name);
    // Who is unknown stays so, whatever the hash.
    return this.options.userOfHash?.(name.toLowerCase()) ?? '';
  }

  /** RFC 7616 section 3.5. Where bodies are protected, the proof would need the answer's body: only the nonce is told. */
  private info(claim: Claim, { secret, uri, late }: { secret: string; uri: string; late: boolean }): string {
    const next = late ? [`nextnonce=${quoted(this.nonces.issue(this.options.now()))}`] : [];
    if (claim.protection === 'auth-int') return next.join(', ');
    const proof = responseTo(algorithm, secret, { ...claim, method: '', uri });
    const own = [`qop=auth`, `rspauth=${quoted(proof)}`, `cnonce=${quoted(claim.cnonce)}`, `nc=${claim.count}`];
    return [...next, ...own].join(', ');
  }
}

function readDigest(field: string | undefined): Parameters | 'missing' | undefined {
  if (field === undefined) return 'missing';
  const [first, ...others] = readOffers(field) ?? [];
  if (first === undefined || others.length > 0) return undefined;
  return first.scheme === 'digest' ? first.parameters : 'missing';
}

/** RFC 5987 section 3.2, UTF-8 alone. */
function extendedValue(text: string): string | undefined {
  const encoded = /^utf-8'[^']*'(.*)$/i.exec(text)?.[1];
  try {
    return encoded === undefined ? undefined : decodeURIComponent(encoded);
  } catch {
    return undefined;
  }
}

/** Header fields arrive a character for each byte; names in them are meant as UTF-8. */
function fromBytes(text: string): string {
  return Buffer.from(text, 'latin1').toString('utf8');
}

function equal(expected: string, response: string): boolean {
  const [one, other] = [Buffer.from(expected), Buffer.from(response)];
  return one.length === other.length && timingSafeEqual(one, other);
}
