/** HTTP Digest access authentication, RFC 7616: both halves of it, without HTTP. */
export { ha1, userHash } from './algorithms';
export { DigestCredentials, type DigestCredentialsOptions, type OwnRequest } from './credentials';
export { DigestRealm, type DigestRealmOptions, type DigestRequest, type Verified } from './realm';
