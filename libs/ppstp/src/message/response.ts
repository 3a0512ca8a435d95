import { z } from 'zod';

import { limits } from '../limits';
import { certificateBytes, toBase64 } from './base64';
import { type Decoded, decodeDocument, encodeDocument, type MessageFault } from './document';
import {
  integer,
  oneOrMany,
  type PeerAddress,
  peerAddress,
  peerId,
  readableOf,
  swarmId,
  transactionId,
  writePeerAddress,
} from './fields';

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

/** `ppsp_tp_peer_info_t`: a peer at one address; a peer at several stands in the list several times. Section 3.2.4. */
export interface PeerInfo {
  readonly peerId: string;
  readonly address: PeerAddress;
}

/** `ppsp_tp_swarm_action_result_t`: what became of one action. RFC 7846 section 3.3.4. */
export interface SwarmResult {
  readonly swarmId: string;
  readonly successful: boolean;
  /** The peer list, if there is one in the answer. */
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
  /** The public address of the requesting peer, as the tracker sees it. */
  readonly peerAddress?: PeerAddress | undefined;
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
  .object({ peer_id: peerId, peer_addr: readableOf(peerAddress, limits.addressesPerPeerMax) })
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

const response: z.ZodType<Response> = z
  .object({
    response_type: responseType,
    error_code: integer.pipe(z.number().max(255)),
    transaction_id: z.union([transactionId, z.literal('')]),
    peer_addr: z.union([peerAddress, z.unknown().transform(() => undefined)]).optional(),
    swarm_result: oneOrMany(swarmResult, limits.resultsPerResponseMax).optional(),
  })
  // "error_code MUST be set to 00 (No Error) when response_type is 0x00" (section 3.3.4).
  .refine((wire) => (wire.response_type === 0) === (wire.error_code === 0))
  .transform((wire): Response => ({
    transactionId: wire.transaction_id,
    errorCode: wire.error_code,
    peerAddress: wire.peer_addr,
    results: wire.swarm_result ?? [],
  }));

/**
 * Reads a response in the forms of RFC 7846 section 3.3.4 and of its examples. Addresses in it are well-formed, and
 * nothing more: whether to send to them is the reader's to judge (`peerIpUsable`).
 */
export function decodeResponse(text: string): Decoded<Response> {
  return decodeDocument(text, limits.responseCharsMax, response);
}

/** Writes a response as RFC 7846 section 3.3.4 defines it. */
export function encodeResponse({ transactionId: transaction, errorCode, ...rest }: Response): string {
  return encodeDocument({
    response_type: errorCode === 0 ? 0 : 1,
    error_code: errorCode,
    transaction_id: transaction,
    peer_addr: rest.peerAddress && writePeerAddress(rest.peerAddress),
    swarm_result: rest.results.length === 0 ? undefined : rest.results.map(writeResult),
  });
}

/**
 * A list without peers is written as an empty `peer_info`: `<1..*>` has no form for it, but FIND's answer "MUST
 * include a peer_group element" (section 4.1.2).
 */
function writeResult({ swarmId: swarm, successful, peers, certificate: der }: SwarmResult) {
  return {
    swarm_id: swarm,
    result: successful ? 0 : 1,
    peer_group: peers && { peer_info: peers.map(writePeer) },
    membership_certificate: der && toBase64(der),
  };
}

function writePeer({ peerId: peer, address }: PeerInfo) {
  return { peer_id: peer, peer_addr: writePeerAddress(address) };
}
