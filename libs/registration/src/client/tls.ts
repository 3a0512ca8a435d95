import { X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';

/** What an `https:` tracker is believed by, and shown. All in PEM. */
export interface TrackerTls {
  /** Authorities, or the tracker's own self-signed certificate. Default: those that the platform trusts. With it, nobody else. */
  readonly ca?: string | undefined;
  /** Ours, with those between it and its authority. */
  readonly certificate?: string | undefined;
  /** Of our certificate. Secret. */
  readonly key?: string | undefined;
}

/** Which of them cannot be used, and what it should be, for people; undefined if all can. */
export interface TlsProblem {
  readonly part: keyof TrackerTls;
  readonly remedy: string;
}

/** Looks for what would make every connection fail. Costs a few signatures: for the start, not for each request. */
export function tlsProblem({ ca, certificate, key }: TrackerTls): TlsProblem | undefined {
  if (ca !== undefined && !areCertificates(ca)) return { part: 'ca', remedy: 'name a file with certificates in PEM' };
  if (certificate !== undefined && !areCertificates(certificate)) {
    return { part: 'certificate', remedy: 'name a file with our certificate in PEM' };
  }
  if (certificate === undefined && key === undefined) return undefined;
  if (key === undefined) return { part: 'key', remedy: "name the file of the certificate's key as well" };
  if (certificate === undefined)
    return { part: 'certificate', remedy: "name the file of the key's certificate as well" };
  try {
    createSecureContext({ cert: certificate, key });
    return undefined;
  } catch {
    return { part: 'key', remedy: "name a file with the certificate's own key in PEM, without a passphrase" };
  }
}

const block = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

function areCertificates(pem: string): boolean {
  const blocks = pem.match(block) ?? [];
  try {
    return blocks.map((one) => new X509Certificate(one)).length > 0;
  } catch {
    return false;
  }
}
