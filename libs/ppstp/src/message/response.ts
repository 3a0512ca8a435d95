import { z } from 'zod';

import { limits } from '../limits';
import { certificateBytes, toBase64 } from './base64';
import { type Decoded, decodeDocument, protocolVersion, type MessageFault } from './document';
import {
  integer,
  listedAddress,
  oneOrMany,
  type PeerAddress,
  peerId,
  readableOf,
  swarmId,
  transactionId,
  writePeerAddress,
} from './fields';
import { type PeerInfo, peerJson } from './peer-info';

export type { PeerInfo } from './peer-info';

/** RFC 7846 section 4.3 and table 10. */
export const errorCodes = {
  noError: 0,
  badRequest: 1,
  unsupportedVersion: 2,
  forbiddenAction: 3,
  internalServerError: 4,
  serviceUnavailable: 5,
  authenticationRequired: 6,
} as const;

/** An error code that we send. */
export type ErrorCode = (typeof errorCodes)[keyof typeof errorCodes];

/** `ppsp_tp_swarm_action_result_t`: what became of one action. RFC 7846 section 3.3.4. */
export interface SwarmResult {
  readonly swarmId: string;
  readonly successful: boolean;
  /** The peer list, if there is one in the answer; one of a failure is not written. */
  readonly peers?: readonly PeerInfo[] | undefined;
  /** A membership certificate in DER, `membership_certificate` in base64: an extension of ours, which others ignore. */
  readonly certificate?: Uint8Array | undefined;
}

/** What a tracker answers. RFC 7846 section 3.3.4. */
export interface Response {
  /** Of the request; empty if the tracker could not read one. */
  readonly transactionId: string;
  /** An `ErrorCode`, or one that a later RFC registers (0 to 255). 0 is success. */
  readonly errorCode: number;
  /** The public address of the requesting peer, as the tracker sees it. Not written beside an error code. */
  readonly peerAddress?: PeerAddress | undefined;
  /** Not written beside an error code. */
  readonly results: readonly SwarmResult[];
}

/** The answer that carries nothing but an error code: "with an empty message-body". RFC 7846 section 4.3. */
export function errorResponse(transaction: string, errorCode: ErrorCode): Response {
  return { transactionId: transaction, errorCode, results: [] };
}

/** The answer to a message that could not be read: 02 for another version, 01 for the rest. RFC 7846 section 4.3. */
export function faultResponse(fault: MessageFault, transaction: string): Response {
  return errorResponse(transaction, fault === 'version' ? errorCodes.unsupportedVersion : errorCodes.badRequest);
}

const responseType = integer.pipe(z.union([z.literal(0), z.literal(1)]));

/** A peer at several addresses, which `peer_info` in other people's trackers may hold, is several entries here. */
const peerInfo = z
  .object({ peer_id: peerId, peer_addr: readableOf(listedAddress, limits.addressesPerPeerMax) })
  .transform((wire) => wire.peer_addr.map((address): PeerInfo => ({ peerId: wire.peer_id, address })));

const peerGroup = z
  .object({ peer_info: readableOf(peerInfo, limits.peersPerListMax).optional() })
  .transform(({ peer_info: peers }) => (peers ?? []).flat().slice(0, limits.peersPerListMax));

/** RFC 7574 section 12.2.2 has trackers give certificates to peers; RFC 7846 has no member for them. */
const certificate = z.union([certificateBytes, z.unknown().transform(() => undefined)]);

const swarmResult = z
  .object({
    swarm_id: swarmId,
    result: responseType,
    peer_group: peerGroup.optional(),
    membership_certificate: certificate.optional(),
  })
  .transform((wire): SwarmResult => ({
    swarmId: wire.swarm_id,
    successful: wire.result === 0,
    peers: wire.peer_group,
    ...(wire.membership_certificate === undefined ? {} : { certificate: wire.membership_certificate }),
  }));

/** Where there is nothing to say of any swarm, some leave the member out, and some its content. */
const noResults = z.union([z.tuple([]), z.null()]).transform((): SwarmResult[] => []);

const response: z.ZodType<Response> = z
  .object({
    response_type: responseType,
    error_code: integer.pipe(z.number().max(255)),
    transaction_id: z.union([transactionId, z.literal('')]),
    peer_addr: z.union([listedAddress, z.unknown().transform(() => undefined)]).optional(),
    swarm_result: noResults.or(oneOrMany(swarmResult, limits.resultsPerResponseMax)).optional(),
  })
  // "error_code MUST be set to 00 (No Error) when response_type is 0x00" (section 3.3.4).
  .refine((wire) => (wire.response_type === 0) === (wire.error_code === 0))
  .transform((wire): Response => ({
    transactionId: wire.transaction_id,
    errorCode: wire.error_code,
    peerAddress: wire.peer_addr,
    results: wire.swarm_result ?? [],
  }));

const form = { charsMax: limits.responseCharsMax, valuesMax: limits.responseValuesMax, schema: response };

/**
 * Reads a response in the forms of RFC 7846 section 3.3.4 and of its examples. Addresses in it are well-formed, and
 * nothing more: whether to send to them is the reader's to judge (`peerIpUsable`).
 */
export function decodeResponse(text: string): Decoded<Response> {
  return decodeDocument(text, form);
}

/**
 * Writes a response as RFC 7846 section 3.3.4 defines it (`responseRoot`), as text at once: the peers of a list may come
 * with theirs. An error has "an empty message-body (no peer_addr and swarm_result attributes)" (section 4.3). The text is
 * ASCII if the names in it are, and those in a message that was decoded are.
 */
export function encodeResponse({ transactionId: transaction, errorCode, peerAddress: own, results }: Response): string {
  const type = errorCode === 0 ? 0 : 1;
  const head = `{"PPSPTrackerProtocol":{"version":${protocolVersion},"response_type":${type},"error_code":${errorCode}`;
  const identified = `${head},"transaction_id":${JSON.stringify(transaction)}`;
  if (type === 1) return `${identified}}}`;
  const address = own === undefined ? '' : `,"peer_addr":${JSON.stringify(writePeerAddress(own))}`;
  const list = results.length === 0 ? '' : `,"swarm_result":[${results.map(resultJson).join(',')}]`;
  return `${identified}${address}${list}}}`;
}

/** "If [...] the result attribute is set to 0x01, the peer group element SHOULD NOT be set" (section 3.3.4). */
function resultJson({ swarmId: swarm, successful, peers, certificate: der }: SwarmResult): string {
  const head = `{"swarm_id":${JSON.stringify(swarm)},"result":${successful ? 0 : 1}`;
  const listed = successful ? peers : undefined;
  const group = listed === undefined ? '' : `,"peer_group":{"peer_info":[${listed.map(peerJson).join(',')}]}`;
  const extension = der === undefined ? '' : `,"membership_certificate":"${toBase64(der)}"`;
  return `${head}${group}${extension}}`;
}
