import { errorCodes } from '@weir/ppstp';

import type { Answer } from '../client/ppstp-client';

/**
 * What an answer means to whoever asked. `accepted`: as a whole, but for the swarms in `without`. `refused`: the tracker
 * lives, and will not have this request, now or as it is. `failed`: of this request we know nothing; the same may be
 * accepted later.
 */
export type Verdict =
  | { readonly kind: 'accepted'; readonly without: ReadonlySet<string> }
  | {
      readonly kind: 'refused';
      readonly reason: string;
      readonly forbidden: boolean;
      readonly unauthenticated: boolean;
    }
  | { readonly kind: 'failed'; readonly reason: string };

/** HTTP's ways to say that a request is wrong by itself; a proxy in front of the tracker may answer so. */
const refusingStatuses: ReadonlySet<number> = new Set([400, 401, 403, 405, 413, 414, 415, 422]);

/** Reads an answer. RFC 7846 section 4.3: 01, 03 and 06 are of the request, the other codes of the tracker. */
export function verdictOf(answer: Answer): Verdict {
  if (!answer.ok) {
    const { reason, status } = answer;
    if (status === undefined || !refusingStatuses.has(status)) return { kind: 'failed', reason };
    return { kind: 'refused', reason, forbidden: status === 403, unauthenticated: status === 401 };
  }
  const { errorCode, results } = answer.response;
  switch (errorCode) {
    case errorCodes.noError:
      return { kind: 'accepted', without: new Set(results.flatMap((one) => (one.successful ? [] : [one.swarmId]))) };
    case errorCodes.badRequest:
    case errorCodes.forbiddenAction:
    case errorCodes.authenticationRequired:
      return {
        kind: 'refused',
        reason: reasonOf(errorCode),
        forbidden: errorCode === errorCodes.forbiddenAction,
        unauthenticated: errorCode === errorCodes.authenticationRequired,
      };
    default:
      return { kind: 'failed', reason: reasonOf(errorCode) };
  }
}

const remedies: Readonly<Record<number, string>> = {
  [errorCodes.unsupportedVersion]: ' (unsupported version): it speaks another version of the protocol',
  [errorCodes.serviceUnavailable]: ' (service unavailable)',
  [errorCodes.authenticationRequired]:
    ' (authentication required): check the username and password, or the client certificate, that are set for this tracker',
};

/** An error code, for an operator. */
function reasonOf(errorCode: number): string {
  return `refuses us: error ${String(errorCode).padStart(2, '0')}${remedies[errorCode] ?? ''}`;
}
