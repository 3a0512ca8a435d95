import { STATUS_CODES } from 'node:http';
import { CacheError } from '@weir/ppspp';
import { z } from 'zod';
import { AdminError } from './errors';
import { limits } from './limits';
import { unmetCondition } from './status-view';

/** RFC 9457 section 6.1. */
export const problemMediaType = 'application/problem+json';

const invalidValue = z
  .object({
    key: z.string().describe('Where it stands, as peers[0].'),
    value: z.string().nullable().describe('What was written, shortened; null if nothing was.'),
    remedy: z.string().describe('What to write instead.'),
  })
  .meta({ id: 'InvalidValue' });

/** The body of every answer that is none: a problem as RFC 9457 has it, with a code for programs. */
export const problemView = z
  .object({
    type: z.literal('about:blank').describe('No more than the status says; the code tells problems apart.'),
    title: z.string().describe('The status in words.'),
    status: z.number(),
    detail: z.string().describe('What is wrong, for people.'),
    code: z.string().describe('Stable; docs/errors.md lists all.'),
    errors: z.array(invalidValue).optional().describe('Of REQUEST_INVALID: every value that cannot be used.'),
    unmet: z.array(unmetCondition).optional().describe('Of NOT_READY: every condition that does not hold.'),
  })
  .meta({ id: 'Problem', description: 'RFC 9457.' });

/** A problem as it goes out. */
export type ProblemView = z.output<typeof problemView>;

/** The statuses of our errors, by their code. One that is missing here is none of the client's business: 500. */
export const problemStatuses: Readonly<Partial<Record<string, number>>> = {
  REQUEST_INVALID: 400,
  SWARM_NOT_FOUND: 404,
  SWARM_CONFLICT: 409,
  FETCHES_BUSY: 503,
  REGISTRATION_FULL: 503,
  NOT_READY: 503,
  STORE_BUSY: 503,
  STORE_CLOSED: 503,
  STORE_FAILED: 503,
  DATAPATH_FAILED: 503,
};

/** What HTTP itself refuses, by status, before a controller sees it. */
const refusals = {
  400: { code: 'REQUEST_MALFORMED', detail: 'the body is no JSON, or the path is not encoded as a path is' },
  404: {
    code: 'ROUTE_NOT_FOUND',
    detail: 'there is nothing for this method and path; /openapi.json lists what there is',
  },
  413: { code: 'BODY_TOO_LARGE', detail: `the body is longer than ${limits.bodyBytesMax} bytes` },
  415: { code: 'BODY_TYPE_UNSUPPORTED', detail: 'send the body as application/json' },
} as const satisfies Readonly<Record<number, { readonly code: HttpProblemCode; readonly detail: string }>>;

/** Codes of problems that no error of ours stands behind. */
export type HttpProblemCode =
  | 'REQUEST_MALFORMED'
  | 'ROUTE_NOT_FOUND'
  | 'BODY_TOO_LARGE'
  | 'BODY_TYPE_UNSUPPORTED'
  | 'REQUEST_REFUSED'
  | 'INTERNAL_ERROR';

/** The problem that an error is to the client. Of what is our fault it says nothing but that. */
export function problemOf(error: unknown): ProblemView {
  if (!(error instanceof CacheError)) return refusalOf(httpStatusOf(error));
  const code = String(error.code);
  const status = problemStatuses[code];
  if (status === undefined) return refusalOf(500);
  return problem(status, code, error.message, error instanceof AdminError ? error.members : {});
}

function refusalOf(status: number): ProblemView {
  if (status >= 500) return problem(500, 'INTERNAL_ERROR', 'the appliance failed at this request; its log says why');
  for (const [known, { code, detail }] of Object.entries(refusals)) {
    if (Number(known) === status) return problem(status, code, detail);
  }
  return problem(status, 'REQUEST_REFUSED', 'the request cannot be answered');
}

function problem(status: number, code: string, detail: string, members: AdminError['members'] = {}): ProblemView {
  const { errors, unmet } = members;
  return {
    type: 'about:blank',
    title: STATUS_CODES[status] ?? 'Unknown',
    ...{ status, detail, code },
    ...(errors === undefined ? {} : { errors: [...errors] }),
    ...(unmet === undefined ? {} : { unmet: [...unmet] }),
  };
}

/** Nest's errors carry a status, and Fastify's do; anything else is ours. */
function httpStatusOf(error: unknown): number {
  if (!(error instanceof Error)) return 500;
  const status: unknown = 'statusCode' in error ? error.statusCode : 'status' in error ? error.status : undefined;
  return typeof status === 'number' && status >= 400 && status < 600 ? status : 500;
}
