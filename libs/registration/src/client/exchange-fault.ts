import { limits } from '@weir/ppstp';

/**
 * Why there is no answer to a request. `certificate`: the tracker's is none that we can believe, or ours is none that it
 * believes. `tls`: there is no common TLS. `forbidden`: it is where nothing may be sent to. `unreadable`: the answer is
 * compressed, or of another kind. The others say it themselves.
 */
export type ExchangeFault =
  'unreachable' | 'timeout' | 'too-long' | 'stopped' | 'certificate' | 'tls' | 'forbidden' | 'unreadable';

/** A fault, and what it means to an operator. */
export interface Failed {
  readonly ok: false;
  readonly fault: ExchangeFault;
  readonly reason: string;
  /** Of HTTP, where there was an answer. */
  readonly status?: number;
}

/** An error of ours on the way through undici. */
export const forbiddenCode = 'WEIR_FORBIDDEN';

const tooLong = `answer longer than ${String(limits.responseCharsMax)} bytes`;
const clock = 'or a clock is wrong, here or there';
const authority = "it is signed by nobody we trust: name the tracker's CA";
const ours = 'the tracker does not accept our certificate, or asks for one that we do not have';
const version = 'it speaks no TLS 1.2 or later';

/** What OpenSSL and Node report, and what an operator can do. Other codes of certificates are reported as they are. */
const known: Readonly<Record<string, readonly [ExchangeFault, string]>> = {
  UND_ERR_RES_EXCEEDED_MAX_SIZE: ['too-long', tooLong],
  CERT_HAS_EXPIRED: ['certificate', `the tracker's certificate has expired, ${clock}`],
  CERT_NOT_YET_VALID: ['certificate', `the tracker's certificate is not valid yet, ${clock}`],
  ERR_TLS_CERT_ALTNAME_INVALID: ['certificate', "the tracker's certificate is for another name than that in its URL"],
  DEPTH_ZERO_SELF_SIGNED_CERT: ['certificate', `the tracker's certificate: ${authority}, or this certificate`],
  SELF_SIGNED_CERT_IN_CHAIN: ['certificate', `the tracker's certificate: ${authority}`],
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: ['certificate', `the tracker's certificate: ${authority}`],
  UNABLE_TO_GET_ISSUER_CERT: ['certificate', `the tracker's certificate: ${authority}`],
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: ['certificate', `the tracker's certificate: ${authority}`],
  CERT_REVOKED: ['certificate', "the tracker's certificate is revoked"],
  INVALID_PURPOSE: ['certificate', "the tracker's certificate is none for servers"],
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: ['certificate', ours],
  ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE: ['certificate', ours],
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED: ['certificate', 'the tracker says that our certificate has expired'],
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: ['certificate', 'the tracker does not trust the CA of our certificate'],
  ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE: [
    'tls',
    'it has no cipher in common with us, or demands a certificate of ours',
  ],
  ERR_SSL_UNSUPPORTED_PROTOCOL: ['tls', version],
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: ['tls', version],
  ERR_SSL_WRONG_VERSION_NUMBER: ['tls', 'it speaks no TLS there: is its URL http:, or its port another?'],
  ERR_SSL_PACKET_LENGTH_TOO_LONG: ['tls', 'it speaks no TLS there: is its URL http:, or its port another?'],
};

/** A server that is not content with our certificate need not say so: many of them only hang up. */
const hungUp: ReadonlySet<string> = new Set(['ECONNRESET', 'UND_ERR_SOCKET']);
const perhapsOurs = 'it ended the connection without an answer: it may demand a certificate of ours, or another one';

/**
 * What went wrong, by what was thrown. `isStranger`: over TLS, by a tracker that has never answered; from another, to be hung up on
 * means no more than that it was stopped. Nothing of it is the tracker's own words.
 */
export function faultOf(error: unknown, isStranger: boolean): Failed {
  const code = codeOf(error);
  if (code === forbiddenCode && error instanceof Error) return { ok: false, fault: 'forbidden', reason: error.message };
  const [fault, reason] = known[code] ?? [kindOf(code), code];
  return { ok: false, fault, reason: isStranger && hungUp.has(code) ? `${code}, ${perhapsOurs}` : reason };
}

function kindOf(code: string): ExchangeFault {
  if (/CERT|SIGNATURE|PURPOSE|_CA$/.test(code)) return 'certificate';
  return /^(?:ERR_SSL_|ERR_TLS_|EPROTO$)/.test(code) ? 'tls' : 'unreachable';
}

/** The platform's code (ECONNREFUSED, ENOTFOUND...) or undici's; several attempts on several addresses have their own. */
export function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return 'unknown';
  if ('code' in error && typeof error.code === 'string') return error.code;
  return 'name' in error && typeof error.name === 'string' ? error.name : 'unknown';
}
