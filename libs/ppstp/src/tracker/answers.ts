import type { PeerAddress } from '../message/fields';
import type { Request } from '../message/request';
import { type ErrorCode, errorCodes, errorResponse, type Response, type SwarmResult } from '../message/response';
import type { RequestContext } from './context';

/** Why a request fails as a whole. */
export type Failure = 'forbidden' | 'unavailable' | 'unauthenticated';

const failureCodes: Readonly<Record<Failure, ErrorCode>> = {
  forbidden: errorCodes.forbiddenAction,
  unavailable: errorCodes.serviceUnavailable,
  unauthenticated: errorCodes.authenticationRequired,
};

/** "with an empty message-body". RFC 7846 section 4.3. */
export function failed({ transactionId }: Request, failure: Failure): Response {
  return errorResponse(transactionId, failureCodes[failure]);
}

/** The answer to a request that succeeded. */
export function succeeded({ transactionId }: Request, results: readonly SwarmResult[]): Response {
  return { transactionId, errorCode: errorCodes.noError, results };
}

/**
 * The peer's address as we see it, unless it has asked a STUN or TURN server itself (section 4.1.1). The port is that
 * of its HTTP connection, so that we tell it, but never list it.
 */
export function reflexive(
  types: readonly PeerAddress['type'][],
  from: RequestContext['from'],
): PeerAddress | undefined {
  if (types.some((type) => type !== 'HOST')) return undefined;
  return { ip: from.ip, port: from.port, priority: 1, type: 'REFLEXIVE' };
}
