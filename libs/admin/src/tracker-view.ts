import type { TrackerStatus } from '@weir/registration';
import { time, timeOf } from '@weir/rest';
import { z } from 'zod';

/** One configured tracker. */
export const trackerView = z
  .object({
    url: z.string(),
    tier: z
      .number()
      .describe('Of its group, the trackers of the lowest tier are used, the next while none of them answers.'),
    group: z.string().describe('Trackers that can stand in for each other; empty for those without a group.'),
    serve: z.enum(['subscribers', 'everyone']).describe('Which of our addresses it is told.'),
    standby: z.boolean().describe('It only stands by: a tracker of a lower tier answers.'),
    state: z
      .enum(['connecting', 'connected', 'failed'])
      .describe('connecting: never heard of yet. failed: the last request had no answer, or one that says so.'),
    lastError: z.string().nullable().describe('Why it is failed.'),
    lastContact: time('When it last gave a valid answer.'),
    swarms: z.number().describe('Swarms that we are registered in there.'),
    identities: z.number().describe('Peer IDs that we are registered as there.'),
    refused: z.number().describe('Swarms that it refuses us.'),
    refusedSwarms: z
      .array(z.object({ swarmId: z.string(), reason: z.string(), retryAt: time('When it is tried again.') }))
      .describe('Some of them, those that are refused longest first.'),
  })
  .meta({ id: 'TrackerView' });

/** Answer of `GET /v1/trackers`. */
export const trackersView = z
  .object({ trackers: z.array(trackerView).describe('In the order of the configuration.') })
  .meta({ id: 'TrackersView' });

/** One tracker: ours to keep stable, whatever the registration does. */
export type TrackerView = z.output<typeof trackerView>;

/** The configured trackers. */
export type TrackersView = z.output<typeof trackersView>;

/** The view of a tracker's status. */
export function trackerViewOf(status: TrackerStatus): TrackerView {
  const { url, tier, group, serve, standby, state, swarms, identities, refused, refusedSwarms } = status;
  return {
    ...{ url, tier, group, serve, standby, state },
    lastError: status.lastError ?? null,
    lastContact: timeOf(status.lastContact),
    ...{ swarms, identities, refused },
    refusedSwarms: refusedSwarms.map((one) => ({ ...one, retryAt: timeOf(one.retryAt) })),
  };
}
