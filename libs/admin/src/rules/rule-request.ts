import { z } from 'zod';
import { parseTracker } from '../fetch-request';
import { limits } from '../limits';

const labelRemedy = `write up to ${limits.labelCharsMax} letters, digits, dots, dashes and underscores, beginning with a letter or a digit`;

/** The name of a group of swarms. */
export const label = z
  .string({ error: labelRemedy })
  .regex(new RegExp(`^[A-Za-z0-9][A-Za-z0-9._-]{0,${limits.labelCharsMax - 1}}$`), { error: labelRemedy })
  .meta({ id: 'Label', description: 'Name of a group of swarms, as quotas and purges have it.' });

const trackerRemedy = `write the http: or https: URL of a tracker without user and password, as GET /v1/trackers has it, percent-encoded, up to ${limits.trackerNameBytesMax} bytes`;

/** A tracker, by its URL, spelt as all are here: another spelling would be the name of none. Credentials would end up in answers and logs. */
export const trackerName = z.string({ error: trackerRemedy }).transform((text, context) => {
  const url = parseTracker(text);
  if (url !== undefined && Buffer.byteLength(url) <= limits.trackerNameBytesMax) return url;
  context.addIssue({ code: 'custom', message: trackerRemedy, input: text });
  return z.NEVER;
});

const reasonRemedy = `write why, in 1 to ${limits.reasonCharsMax} characters without line breaks`;

/** Body of `PUT /v1/swarms/{id}/block`. */
export const blockRequest = z
  .strictObject(
    {
      reason: z
        .string({ error: reasonRemedy })
        .trim()
        .regex(new RegExp(String.raw`^[^\p{Cc}\u2028\u2029]{1,${limits.reasonCharsMax}}$`, 'u'), {
          error: reasonRemedy,
        })
        .describe('For people: an order of a court and its number, as it is to stand in the report.'),
    },
    { error: 'write a JSON object with reason' },
  )
  .meta({ id: 'BlockRequest' });

/** Body of `PUT /v1/swarms/{id}/label`. */
export const labelRequest = z
  .strictObject({ label }, { error: 'write a JSON object with label' })
  .meta({ id: 'LabelRequest' });

const quotaRemedy = 'write the number of bytes on disk, above 0';

/** Body of every `PUT` of a quota. */
export const quotaRequest = z
  .strictObject(
    { bytes: z.int({ error: quotaRemedy }).positive({ error: quotaRemedy }).describe('Bytes on disk.') },
    { error: 'write a JSON object with bytes' },
  )
  .meta({ id: 'QuotaRequest' });

/** A rate that somebody may want; a slower one is a block that does not say so. */
export const rate = z
  .int({ error: rateRemedy() })
  .min(limits.rateMin, { error: rateRemedy() })
  .max(limits.rateMax, { error: rateRemedy() });

function rateRemedy(): string {
  return `write bytes a second, from ${limits.rateMin} to ${limits.rateMax}`;
}

/** Body of `PUT /v1/swarms/{id}/limits`. */
export const limitsRequest = z
  .strictObject(
    {
      fetchRate: rate.optional().describe('Content bytes a second that are fetched of it at most.'),
      serveRate: rate.optional().describe('Content bytes a second that are served of it at most.'),
    },
    { error: 'write a JSON object with fetchRate, serveRate or both; what is left out has no limit' },
  )
  .meta({ id: 'LimitsRequest' });

/** A block, read. */
export type BlockRequest = z.output<typeof blockRequest>;
/** A label, read. */
export type LabelRequest = z.output<typeof labelRequest>;
/** A quota, read. */
export type QuotaRequest = z.output<typeof quotaRequest>;
/** Rates, read. */
export type LimitsRequest = z.output<typeof limitsRequest>;
