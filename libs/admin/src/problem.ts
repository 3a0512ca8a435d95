import { problemMembers, type ProblemRules } from '@weir/rest';
import { z } from 'zod';
import { unmetCondition } from './status-view';

/** The body of every answer that is none: a problem as RFC 9457 has it, with a code for programs. */
export const problemView = z
  .object({
    ...problemMembers,
    unmet: z.array(unmetCondition).optional().describe('Of NOT_READY: every condition that does not hold.'),
  })
  .meta({ id: 'Problem', description: 'RFC 9457.' });

/** A problem as it goes out. */
export type ProblemView = z.output<typeof problemView>;

/** The statuses of the appliance's errors, by their code. */
export const problemStatuses: ProblemRules['statuses'] = {
  SWARM_NOT_FOUND: 404,
  SWARM_CONFLICT: 409,
  SWARM_BLOCKED: 409,
  SWARM_TOO_LARGE: 409,
  BLOCK_NOT_FOUND: 404,
  PIN_LIMIT: 409,
  JOB_NOT_FOUND: 404,
  JOB_ENDED: 409,
  JOBS_BUSY: 503,
  JOB_UNAVAILABLE: 503,
  FETCHES_BUSY: 503,
  REGISTRATION_FULL: 503,
  NOT_READY: 503,
  STORE_BUSY: 503,
  STORE_CLOSED: 503,
  STORE_FAILED: 503,
  STORE_UNREADABLE: 503,
  STORE_RULES_FULL: 503,
  DATAPATH_FAILED: 503,
};

/** How the appliance tells its problems. */
export const problemRules: ProblemRules = { statuses: problemStatuses, who: 'the appliance' };
