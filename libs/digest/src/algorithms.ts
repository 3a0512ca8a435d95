import { createHash } from 'node:crypto';

/** What we compute: RFC 7616 section 3.7 without MD5, which is only there for backward compatibility. */
export type DigestAlgorithm = 'SHA-256' | 'SHA-256-sess' | 'SHA-512-256' | 'SHA-512-256-sess';

/** Quality of protection: of the request line, or of the body as well. RFC 7616 section 3.4. */
export type Protection = 'auth' | 'auth-int';

const algorithms: readonly DigestAlgorithm[] = ['SHA-256', 'SHA-256-sess', 'SHA-512-256', 'SHA-512-256-sess'];

/** The algorithm of that name, in whatever case; undefined for MD5 and for what we do not know. */
export function algorithmNamed(name: string): DigestAlgorithm | undefined {
  return algorithms.find((algorithm) => algorithm.toLowerCase() === name.toLowerCase());
}

/** H(data), in lower-case hexadecimal digits. RFC 7616 sections 3.2 and 3.3. */
export function digestOf(algorithm: DigestAlgorithm, data: string): string {
  return createHash(algorithm.startsWith('SHA-512') ? 'sha512-256' : 'sha256')
    .update(data)
    .digest('hex');
}

/** What a name and a password are digested in: Normalization Form C (RFC 7616 section 4). */
export function normal(text: string): string {
  return text.normalize('NFC');
}

/**
 * H(A1) of a user, SHA-256: what a server keeps instead of a password, which it is as good as in this realm (RFC 7616
 * sections 3.4.2 and 5.2).
 */
export function ha1(user: string, realm: string, password: string): string {
  return secretOf('SHA-256', { username: user, realm, password });
}

/** The name of a user as it is sent where user names are hashed, SHA-256. RFC 7616 section 3.4.4. */
export function userHash(user: string, realm: string): string {
  return nameHash('SHA-256', user, realm);
}

/** The same, in any of our algorithms. */
export function nameHash(algorithm: DigestAlgorithm, username: string, realm: string): string {
  return digestOf(algorithm, `${normal(username)}:${realm}`);
}

/** Who speaks, and where. */
export interface Identity {
  readonly username: string;
  readonly realm: string;
  readonly password: string;
}

/** H(A1) without a session: RFC 7616 section 3.4.2. */
export function secretOf(algorithm: DigestAlgorithm, { username, realm, password }: Identity): string {
  return digestOf(algorithm, `${normal(username)}:${realm}:${normal(password)}`);
}

/** What is signed. `method` is empty for the server's proof (RFC 7616 section 3.5). */
export interface Signed {
  readonly method: string;
  readonly uri: string;
  /** The nonce that the session began with, where that was another one. */
  readonly noncePrime?: string;
  readonly nonce: string;
  /** Eight hexadecimal digits. */
  readonly count: string;
  readonly cnonce: string;
  readonly protection: Protection;
  /** The entity body; signed by `auth-int` alone. */
  readonly body?: string | undefined;
}

/** The response parameter. RFC 7616 sections 3.4.1 to 3.4.3. `secret` is H(A1) without a session. */
export function responseTo(algorithm: DigestAlgorithm, secret: string, signed: Signed): string {
  const { method, uri, nonce, noncePrime = nonce, count, cnonce, protection, body = '' } = signed;
  const hash = (data: string) => digestOf(algorithm, data);
  const key = algorithm.endsWith('-sess') ? hash(`${secret}:${noncePrime}:${cnonce}`) : secret;
  const request = `${method}:${uri}${protection === 'auth-int' ? `:${hash(body)}` : ''}`;
  return hash(`${key}:${nonce}:${count}:${cnonce}:${protection}:${hash(request)}`);
}
