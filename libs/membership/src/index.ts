/** Membership certificates: X.509, issued by a tracker, verified by peers. RFC 7574 sections 8.13 and 12.2. */
export * from './authority-files';
export * from './errors';
export * from './issuer';
export * from './member-name';
export * from './verifier';
