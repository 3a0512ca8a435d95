import type { TrackerStatus } from '@weir/registration';
import { time, timeOf } from '@weir/rest';
import { z } from 'zod';

/** One configured tracker. */
export const trackerView = z
  .object({
    url: z.string(),
    state: z
      .enum(['connecting', 'connected', 'failed'])
      .describe('connecting: never heard of yet. failed: the last request had no answer, or one that says so.'),
    lastError: z.string().nullable().describe('Why it is failed.'),
    lastContact: time('When it last gave a valid answer.'),
    swarms: z.number().describe('Swarms that we are registered in there.'),
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
export function trackerViewOf({ url, state, lastError, lastContact, swarms }: TrackerStatus): TrackerView {
  return { url, state, lastError: lastError ?? null, lastContact: timeOf(lastContact), swarms };
}
