/** What a TLS server shows and believes: certificates, keys and authorities in files. */
export * from './certificate-files';
export * from './errors';
export * from './file-watch';
export { type CertificateTexts, makeSelfSigned } from './self-signed';
