import { join } from 'node:path';

import type { CertificateFiles } from '@weir/tls';

import { invalid, readFileName, readListen, type ListenAddress } from './plan-values';
import type { AuthenticationSettings, ClientCertificates, DigestUse, TlsSettings, TrackerSettings } from './settings';

/** HTTPS, checked. */
export interface TlsPlan {
  readonly files: CertificateFiles;
  /** Whether the certificate is made if there is none, in the files' directory. */
  readonly selfSigned: boolean;
  readonly clientCaFile: string | undefined;
  readonly clientCertificates: ClientCertificates;
}

/** HTTP Digest, checked. */
export interface AuthenticationPlan {
  readonly digest: DigestUse;
  readonly realm: string;
  readonly usersFile: string | undefined;
}

/** The admin side, checked. */
export interface TrackerAdminPlan extends ListenAddress {
  readonly tokenFile: string;
  readonly hosts: readonly string[];
}

/** What a realm is called that nobody gave a name. */
const defaultRealm = 'weir';

/** A port beside that of RFC 7846's examples, on this machine alone: who may administer is the operator's to decide. */
const defaultAdminListen = '127.0.0.1:7847';

/** The files of a certificate that signs itself, in a directory. */
export function selfSignedFilesIn(directory: string): CertificateFiles {
  return { certificateFile: join(directory, 'tracker-cert.pem'), keyFile: join(directory, 'tracker-key.pem') };
}

/** Checks what is said of HTTPS. Throws `TRACKER_SETTING_INVALID`. */
export function planTls(tls: TlsSettings | undefined): TlsPlan | undefined {
  if (tls === undefined) return undefined;
  const clientCaFile = readFileName('tls.clientCaFile', tls.clientCaFile);
  const asked = tls.clientCertificates ?? (clientCaFile === undefined ? 'off' : 'request');
  if (asked !== 'off' && clientCaFile === undefined)
    throw invalid('tls.clientCertificates', asked, 'name tls.clientCaFile too, the authorities to believe');
  return { ...planCertificate(tls), clientCaFile, clientCertificates: asked };
}

function planCertificate(tls: TlsSettings): Pick<TlsPlan, 'files' | 'selfSigned'> {
  const certificateFile = readFileName('tls.certificateFile', tls.certificateFile);
  const keyFile = readFileName('tls.keyFile', tls.keyFile);
  const directory = readFileName('tls.selfSignedDirectory', tls.selfSignedDirectory);
  const isNamed = certificateFile !== undefined || keyFile !== undefined;
  if (directory !== undefined && !isNamed) return { files: selfSignedFilesIn(directory), selfSigned: true };
  if (directory !== undefined)
    throw invalid('tls.selfSignedDirectory', directory, 'name a directory, or a certificate and its key');
  if (certificateFile === undefined || keyFile === undefined)
    throw invalid('tls', certificateFile ?? keyFile ?? '', 'name both tls.certificateFile and tls.keyFile');
  return { files: { certificateFile, keyFile }, selfSigned: false };
}

/** Checks what is said of HTTP Digest. Throws `TRACKER_SETTING_INVALID`. */
export function planAuthentication(settings: AuthenticationSettings = {}): AuthenticationPlan {
  const usersFile = readFileName('authentication.usersFile', settings.usersFile);
  const digest = settings.digest ?? (usersFile === undefined ? 'off' : 'closed-swarms');
  const realm = settings.realm ?? defaultRealm;
  // What stands between colons in the users file, and between quotes in a challenge, which is ASCII.
  if (!/^[ -~]{1,64}$/.test(realm) || /[:"\\]/.test(realm))
    throw invalid('authentication.realm', realm, 'write 1 to 64 characters of ASCII without any of : " \\');
  if (digest !== 'off' && usersFile === undefined)
    throw invalid('authentication.digest', digest, 'name authentication.usersFile too');
  return { digest, realm, usersFile };
}

/** Checks what is said of the admin side. Throws `TRACKER_SETTING_INVALID`. */
export function planAdmin({ admin, stateDirectory }: TrackerSettings): TrackerAdminPlan | undefined {
  if (admin === undefined) return undefined;
  const inState = stateDirectory === undefined ? undefined : join(stateDirectory, 'admin-token');
  const tokenFile = readFileName('admin.tokenFile', admin.tokenFile) ?? inState;
  if (tokenFile === undefined) throw invalid('admin.tokenFile', '', 'name it, or stateDirectory to have it made there');
  const hosts = admin.hosts ?? [];
  return { ...readListen('admin.listen', admin.listen ?? defaultAdminListen), tokenFile, hosts };
}
