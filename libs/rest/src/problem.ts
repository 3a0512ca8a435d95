import { STATUS_CODES } from 'node:http';
import { CacheError } from '@weir/ppspp';
import { z } from 'zod';
import { limits } from './limits';

/** RFC 9457 section 6.1. */
export const problemMediaType = 'application/problem+json';

const invalidValue = z
  .object({
    key: z.string().describe('Where it stands, as peers[0].'),
    value: z.string().nullable().describe('What was written, shortened; null if nothing was.'),
    remedy: z.string().describe('What to write instead.'),
  })
  .meta({ id: 'InvalidValue' });

/** What every problem says: RFC 9457, with a code for programs. */
export const problemMembers = {
  type: z.literal('about:blank').describe('No more than the status says; the code tells problems apart.'),
  title: z.string().describe('The status in words.'),
  status: z.number(),
  detail: z.string().describe('What is wrong, for people.'),
  code: z.string().describe('Stable; docs/errors.md lists all.'),
  errors: z.array(invalidValue).optional().describe('Of REQUEST_INVALID: every value that cannot be used.'),
};

/** A problem as it goes out. Beside the members of all problems it may have some of its own. */
export interface Problem {
  readonly type: 'about:blank';
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly [member: string]: unknown;
}

/** How one program tells its problems. */
export interface ProblemRules {
  /** The statuses of its errors, by their code. One that is missing here is none of the client's business: 500. */
  readonly statuses: Readonly<Partial<Record<string, number>>>;
  /** Who failed where it was nobody else: `the appliance`. */
  readonly who: string;
}

/** Problems that no error of ours stands behind, by status: HTTP refuses these before a controller sees them. */
const refusals = {
  400: { code: 'REQUEST_MALFORMED', detail: 'the body is no JSON, or the path is not encoded as a path is' },
  401: { code: 'TOKEN_REFUSED', detail: 'send the token of the token file, as Authorization: Bearer TOKEN' },
  404: {
    code: 'ROUTE_NOT_FOUND',
    detail: 'there is nothing for this method and path; /openapi.json lists what there is',
  },
  413: { code: 'BODY_TOO_LARGE', detail: `the body is longer than ${limits.bodyBytesMax} bytes` },
  415: { code: 'BODY_TYPE_UNSUPPORTED', detail: 'send the body as application/json' },
  421: { code: 'HOST_REFUSED', detail: 'the Host that the request names is none of ours; write an IP address' },
} as const satisfies Readonly<Record<number, { readonly code: HttpProblemCode; readonly detail: string }>>;

/** Codes of problems that no error of ours stands behind. */
export type HttpProblemCode =
  | 'REQUEST_MALFORMED'
  | 'TOKEN_REFUSED'
  | 'ROUTE_NOT_FOUND'
  | 'BODY_TOO_LARGE'
  | 'BODY_TYPE_UNSUPPORTED'
  | 'HOST_REFUSED'
  | 'REQUEST_REFUSED'
  | 'INTERNAL_ERROR';

/** The problem that an error is to the client. Of what is our fault it says nothing but that. */
export function problemOf(error: unknown, rules: ProblemRules): Problem {
  if (!(error instanceof CacheError)) return refusalOf(httpStatusOf(error), rules);
  const code = String(error.code);
  const status = code === 'REQUEST_INVALID' ? 400 : rules.statuses[code];
  if (status === undefined) return refusalOf(500, rules);
  return { ...problem(status, code, error.message), ...membersOf(error) };
}

/** What HTTP refuses with a status, in words. */
export function refusalOf(status: number, { who }: ProblemRules): Problem {
  if (status >= 500) return problem(500, 'INTERNAL_ERROR', `${who} failed at this request; its log says why`);
  for (const [known, { code, detail }] of Object.entries(refusals)) {
    if (Number(known) === status) return problem(status, code, detail);
  }
  return problem(status, 'REQUEST_REFUSED', 'the request cannot be answered');
}

function problem(status: number, code: string, detail: string): Problem {
  return { type: 'about:blank', title: STATUS_CODES[status] ?? 'Unknown', ...{ status, detail, code } };
}

/** What an error tells the client beside its code and its message. */
function membersOf(error: object): object {
  return 'members' in error && typeof error.members === 'object' ? { ...error.members } : {};
}

/** Nest's errors carry a status, and Fastify's do; anything else is ours. */
function httpStatusOf(error: unknown): number {
  if (!(error instanceof Error)) return 500;
  const status: unknown = 'statusCode' in error ? error.statusCode : 'status' in error ? error.status : undefined;
  return typeof status === 'number' && status >= 400 && status < 600 ? status : 500;
}
