import { invariant } from '../errors';
import type { Reader } from '../bytes/reader';
import type { Writer } from '../bytes/writer';
import { messageCodes } from './codes';
import type { PexCertificateMessage, PexResponseMessage } from './message';

const ipBytes = { 'pex-response-v4': 4, 'pex-response-v6': 16 } as const;

/** PEX_RESv4 and PEX_RESv6 after their type: address and port. RFC 7574 section 8.13. */
export function readPexResponse(reader: Reader, type: PexResponseMessage['type']): PexResponseMessage {
  return { type, ip: reader.bytes(ipBytes[type]), port: reader.u16() };
}

/** The mirror of `readPexResponse`, with the type before it. */
export function writePexResponse(writer: Writer, { type, ip, port }: PexResponseMessage): void {
  invariant(ip.length === ipBytes[type], 'an address is as long as its family says');
  writer.u8(messageCodes[type]).bytes(ip).u16(port);
}

/** PEX_REScert after its type: a length of 16 bits, a membership certificate. RFC 7574 section 8.13. */
export function readPexCertificate(reader: Reader): PexCertificateMessage {
  return { type: 'pex-certificate', certificate: reader.bytes(reader.u16()) };
}

/** The mirror of `readPexCertificate`, with the type before it. */
export function writePexCertificate(writer: Writer, { certificate }: PexCertificateMessage): void {
  invariant(certificate.length < 2 ** 16, 'a certificate has at most 65535 bytes');
  writer.u8(messageCodes['pex-certificate']).u16(certificate.length).bytes(certificate);
}
