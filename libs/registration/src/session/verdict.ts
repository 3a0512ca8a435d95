import { errorCodes } from '@weir/ppstp';

import type { Answer } from '../client/ppstp-client';

/** What is common to answers that are no acceptance. */
interface Denial {
  /** For people. */
  readonly reason: string;
  /** Whether an operator has to act, here or there: nothing is gained by asking again soon. */
  readonly operator: boolean;
}

/**
 * What an answer means to whoever asked. `accepted`: as a whole, but for the swarms in `without`. `refused`: the tracker
 * lives, and will not have this request, now or as it is; `forbidden` if by 03, the answer to whom it does not know.
 * `failed`: of this request we know nothing, and the same may be accepted later; `shorter` if it may be its length.
 */
export type Verdict =
  | { readonly kind: 'accepted'; readonly without: ReadonlySet<string> }
  | ({ readonly kind: 'refused'; readonly forbidden: boolean } & Denial)
  | ({ readonly kind: 'failed'; readonly shorter: boolean } & Denial);

/** HTTP's ways to say that a request is wrong by itself; a proxy in front of the tracker may answer so. */
const refusingStatuses: ReadonlySet<number> = new Set([400, 401, 403, 405, 413, 414, 415, 422]);

/** Faults that stay until an operator acts. */
const operatorFaults: ReadonlySet<string> = new Set(['certificate', 'tls', 'forbidden', 'unauthorized']);

/** Reads an answer. RFC 7846 section 4.3: 01, 03 and 06 are of the request, the other codes of the tracker. */
export function verdictOf(answer: Answer): Verdict {
  if (!answer.ok) return withoutAnswer(answer);
  const { errorCode, results } = answer.response;
  const reason = reasonOf(errorCode);
  switch (errorCode) {
    case errorCodes.noError:
      return { kind: 'accepted', without: new Set(results.flatMap((one) => (one.successful ? [] : [one.swarmId]))) };
    case errorCodes.badRequest:
      return { kind: 'refused', reason, forbidden: false, operator: false };
    case errorCodes.forbiddenAction:
      return { kind: 'refused', reason, forbidden: true, operator: false };
    case errorCodes.authenticationRequired:
      return { kind: 'refused', reason: answer.denied ?? reason, forbidden: false, operator: true };
    case errorCodes.unsupportedVersion:
      return { kind: 'failed', reason, shorter: false, operator: true };
    case errorCodes.serviceUnavailable:
      return { kind: 'failed', reason, shorter: false, operator: false };
    default:
      return { kind: 'failed', reason, shorter: true, operator: false };
  }
}

function withoutAnswer({ fault, reason, status }: Extract<Answer, { ok: false }>): Verdict {
  const operator = operatorFaults.has(fault) || status === 401;
  if (status === undefined || !refusingStatuses.has(status))
    return { kind: 'failed', reason, shorter: !operator, operator };
  return { kind: 'refused', reason, forbidden: status === 403, operator };
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
