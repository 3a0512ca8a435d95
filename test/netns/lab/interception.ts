import { z } from 'zod';
import type { LabAppliance } from './appliance';

/** What an appliance tells of its interception. */
export interface Interception {
  /** Since when it diverts; null while it does not. */
  readonly epochSeconds: number | null;
  /** Flows that it left to their origins. */
  readonly passedFlows: number;
  /** An estimate of the content in them. */
  readonly passedBytesEstimate: number;
  readonly byteHitRatioEstimate: number | null;
}

const told = z.object({
  byteHitRatioEstimate: z.number().nullable(),
  passedBytesEstimate: z.number(),
  intercept: z.object({ enabled: z.boolean(), epochSeconds: z.number().nullable() }),
});

/** Asks an appliance for it. */
export async function interceptionOf(appliance: LabAppliance): Promise<Interception> {
  const { byteHitRatioEstimate, passedBytesEstimate, intercept } = told.parse(await appliance.json('/v1/status'));
  const flows = ['content', 'other'].map((flow) => appliance.metric('datapath_passed_total', { flow }));
  const passedFlows = (await Promise.all(flows)).reduce((sum, count) => sum + count, 0);
  return { epochSeconds: intercept.epochSeconds, passedFlows, passedBytesEstimate, byteHitRatioEstimate };
}
