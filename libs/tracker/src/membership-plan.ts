import { authorityFilesIn, type AuthorityFiles } from '@weir/membership';

/** Where the authority on membership is. */
export interface MembershipPlan {
  readonly files: AuthorityFiles;
  /** In which it is made if there is none yet; undefined for one that there has to be. */
  readonly directory: string | undefined;
}

/** What an operator says of the authority on membership. */
interface MembershipSettings {
  readonly membershipDirectory?: string | undefined;
  readonly membershipKey?: string | undefined;
  readonly membershipCertificate?: string | undefined;
}

type Outcome =
  { readonly ok: true; readonly plan: MembershipPlan | undefined } | { readonly ok: false; readonly remedy: string };

/** Either a directory, or a key with its certificate, or nothing. */
export function planMembership(settings: MembershipSettings): Outcome {
  const { membershipDirectory: directory, membershipKey: keyFile, membershipCertificate: certificateFile } = settings;
  const isAnyEmpty = [directory, keyFile, certificateFile].includes('');
  if (isAnyEmpty) return { ok: false, remedy: 'name a file or a directory, or leave it out' };
  if (keyFile === undefined && certificateFile === undefined) {
    return { ok: true, plan: directory === undefined ? undefined : { files: authorityFilesIn(directory), directory } };
  }
  if (directory !== undefined) return { ok: false, remedy: 'name a directory, or a key and its certificate' };
  if (keyFile === undefined || certificateFile === undefined)
    return { ok: false, remedy: 'name both the key and its certificate' };
  return { ok: true, plan: { files: { keyFile, certificateFile }, directory } };
}
