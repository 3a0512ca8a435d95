import { z } from 'zod';
import { limits } from './limits';
import { swarmId } from './swarm-id';

const limitRemedy = `write a number from 1 to ${limits.pageSwarmsMax}`;

/** What `GET /v1/swarms` is asked. */
export const swarmsQuery = z.strictObject(
  {
    limit: z.coerce
      .number({ error: limitRemedy })
      .int({ error: limitRemedy })
      .min(1, { error: limitRemedy })
      .max(limits.pageSwarmsMax, { error: limitRemedy })
      .default(limits.pageSwarms)
      .describe('Swarms in one answer.'),
    after: swarmId.optional().describe('The swarm ID that the page begins behind: `next` of the page before.'),
  },
  { error: 'there are limit and after' },
);

/** The query, read. */
export type SwarmsQuery = z.output<typeof swarmsQuery>;
