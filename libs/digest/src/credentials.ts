import { randomBytes } from 'node:crypto';

import {
  algorithmNamed,
  type DigestAlgorithm,
  type Identity,
  nameHash,
  type Protection,
  responseTo,
  secretOf,
} from './algorithms';
import { isPlain, type Parameters, quoted, readOffers, readParameters } from './fields';

/** A user as a server knows him. */
export interface DigestCredentialsOptions {
  /** Without a colon. */
  readonly username: string;
  readonly password: string;
  readonly random?: (bytes: number) => Uint8Array;
}

/** A request that is to be vouched for. */
export interface OwnRequest {
  readonly method: string;
  /** The request-target, as it will stand in the request line. */
  readonly uri: string;
  /** The entity body. Where the server offers it, the body is protected as well. */
  readonly body?: string | undefined;
}

/** What a server offered and we took: RFC 7616 section 3.6 calls it an authentication session. */
interface Session {
  readonly algorithm: DigestAlgorithm;
  readonly protections: readonly string[];
  readonly realm: string;
  readonly opaque: string | undefined;
  readonly hashesNames: boolean;
  /** Of the challenge that the session began with: RFC 7616 section 3.4.2. */
  readonly noncePrime: string;
  nonce: string;
  count: number;
  readonly cnonce: string;
}

const cnonceBytes = 18;
/** Eight hexadecimal digits: RFC 7616 section 3.5. */
const countMax = 0xffff_ffff;

/**
 * The client's half of RFC 7616, for one user at one server: SHA-256 and SHA-512-256, with `qop`; never MD5, and never a
 * scheme that shows the password. Never throws for what a server sends. Several requests at a time may use it: each has a
 * count of its own.
 */
export class DigestCredentials {
  private session: Session | undefined;

  constructor(private readonly options: DigestCredentialsOptions) {}

  /**
   * Value of an Authorization field in answer to WWW-Authenticate fields; undefined where they offer nothing that we do. A new
   * session begins with it.
   */
  authorize(request: OwnRequest, challenges: string | readonly string[]): string | undefined {
    const fields = typeof challenges === 'string' ? [challenges] : challenges;
    const offers = fields.flatMap((field) => readOffers(field) ?? []);
    // "The client SHOULD use the first challenge it supports": RFC 7616 section 3.7.
    for (const { scheme, parameters } of offers) {
      const session = scheme === 'digest' ? this.sessionOf(parameters) : undefined;
      if (session === undefined) continue;
      // A server may give one nonce to many; its count goes on.
      if (session.nonce !== this.session?.nonce) this.session = session;
      return this.next(request);
    }
    return undefined;
  }

  /** The same with the last nonce, before the server asks (RFC 7616 section 3.6); undefined where there is none. */
  next(request: OwnRequest): string | undefined {
    const { session } = this;
    if (session === undefined || session.count >= countMax) return undefined;
    session.count++;
    return this.field(session, request);
  }

  /**
   * Takes in an Authentication-Info field: the nonce to use from now on (RFC 7616 section 3.5). The server's own proof is not
   * asked for: who can change an answer on its way can leave it out, and only TLS shows who answers.
   */
  taught(field: string): void {
    const nonce = readParameters(field)?.get('nextnonce') ?? '';
    if (this.session !== undefined && nonce !== '' && isPlain(nonce)) Object.assign(this.session, { nonce, count: 0 });
  }

  /** The server refuses these credentials: the next request asks it anew. */
  forget(): void {
    this.session = undefined;
  }

  private sessionOf(parameters: Parameters): Session | undefined {
    const of = (name: string) => parameters.get(name);
    const algorithm = algorithmNamed(of('algorithm') ?? 'MD5');
    const [realm, nonce, opaque] = [of('realm'), of('nonce'), of('opaque')];
    const protections = (of('qop') ?? '').toLowerCase().split(/[ \t]*,[ \t]*/);
    const protects = protections.includes('auth') || protections.includes('auth-int');
    if (algorithm === undefined || realm === undefined || !nonce || !protects) return undefined;
    // What cannot go back as it came makes no answer that the server would accept.
    if (![realm, nonce, opaque ?? ''].every(isPlain)) return undefined;
    const hashesNames = of('userhash')?.toLowerCase() === 'true';
    const cnonce = Buffer.from((this.options.random ?? randomBytes)(cnonceBytes)).toString('base64');
    return { algorithm, protections, realm, opaque, hashesNames, noncePrime: nonce, nonce, count: 0, cnonce };
  }

  private field(session: Session, { method, uri, body }: OwnRequest): string {
    const { algorithm, realm, noncePrime, nonce, cnonce, opaque } = session;
    const protection = protectionOf(session, body);
    const count = countText(session.count);
    const secret = secretOf(algorithm, { ...this.options, realm });
    const signed = { method, uri, noncePrime, nonce, count, cnonce, protection, body };
    const response = responseTo(algorithm, secret, signed);
    const name = nameIn(session, { ...this.options, realm });
    const parameters = [
      name.parameter,
      `realm=${quoted(realm)}`,
      `uri=${quoted(uri)}`,
      `algorithm=${algorithm}`,
      `nonce=${quoted(nonce)}`,
      `nc=${count}`,
      `cnonce=${quoted(cnonce)}`,
      `qop=${protection}`,
      `response=${quoted(response)}`,
      ...(opaque === undefined ? [] : [`opaque=${quoted(opaque)}`]),
      ...(name.hashed ? ['userhash=true'] : []),
    ];
    return `Digest ${parameters.join(', ')}`;
  }
}

function protectionOf({ protections }: Session, body: string | undefined): Protection {
  const offered = protections.includes('auth-int');
  return offered && (body !== undefined || !protections.includes('auth')) ? 'auth-int' : 'auth';
}

function countText(count: number): string {
  return count.toString(16).padStart(8, '0');
}

/** RFC 7616 sections 3.4 and 3.4.4: hashed where the server asks for it, else extended where a header field needs it. */
function nameIn({ algorithm, hashesNames }: Session, { username, realm }: Identity) {
  if (hashesNames) return { parameter: `username=${quoted(nameHash(algorithm, username, realm))}`, hashed: true };
  if (isPlain(username)) return { parameter: `username=${quoted(username)}`, hashed: false };
  const encoded = encodeURIComponent(username.normalize('NFC')).replace(/['()*]/g, percent);
  return { parameter: `username*=UTF-8''${encoded}`, hashed: false };
}

function percent(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}
