import { problemMembers, type ProblemRules } from '@weir/rest';
import { z } from 'zod';

/** The body of every answer that is none: a problem as RFC 9457 has it, with a code for programs. */
export const trackerProblemView = z.object(problemMembers).meta({ id: 'Problem', description: 'RFC 9457.' });

/** The statuses of the tracker's errors, by their code. */
export const trackerProblemStatuses: ProblemRules['statuses'] = {
  SWARM_UNKNOWN: 404,
  SWARM_UNPUBLISHED: 404,
  PEER_UNKNOWN: 404,
  GRANT_UNKNOWN: 404,
  CATALOGUE_FULL: 507,
  CATALOGUE_BUSY: 503,
  CATALOGUE_FAILED: 503,
};

/** How the tracker tells its problems. */
export const trackerProblems: ProblemRules = { statuses: trackerProblemStatuses, who: 'the tracker' };
