import { second, bindsAtAll, type BackgroundRate, type LinkPlan, type PlannedRates } from '@weir/ppspp';

/** Bits for each second, or that there is no bound. */
export type RateSetting = number | 'unlimited';

/** As `RateSetting`; or that nothing is fetched, or as much as stays below the recent peak of demand. */
export type BackgroundSetting = RateSetting | 'off' | 'auto';

/** Bounds of the outside link, as an operator writes them. */
export interface FetchSettings {
  readonly rate: RateSetting;
  readonly backgroundRate: BackgroundSetting;
  readonly peerRate: RateSetting;
  /** Minutes since midnight, and what holds between them. */
  readonly schedule: readonly FetchWindow[];
}

/** What else holds between two times of day. */
export interface FetchWindow {
  readonly from: number;
  readonly to: number;
  readonly rate?: RateSetting | undefined;
  readonly backgroundRate?: BackgroundSetting | undefined;
}

const bitsPerByte = 8;

/** What the appliance's peer is told of it. */
export function linkSettingsOf({ readAhead, ...fetch }: FetchSettings & { readonly readAhead: number }) {
  return { fetchPlan: fetchPlanOf(fetch), readAhead: readAhead * second };
}

/** What an operator plans, in bytes; undefined if nothing is bounded at any time. */
export function fetchPlanOf({ rate, backgroundRate, peerRate, schedule }: FetchSettings): LinkPlan | undefined {
  const plan: LinkPlan = {
    rates: { total: bytesOf(rate), background: backgroundOf(backgroundRate), peer: bytesOf(peerRate) },
    windows: schedule.map(({ from, to, ...window }) => ({ from, to, rates: ratesOf(window) })),
  };
  return bindsAtAll(plan) ? plan : undefined;
}

function ratesOf({ rate, backgroundRate }: Pick<FetchWindow, 'rate' | 'backgroundRate'>): Partial<PlannedRates> {
  return {
    ...(rate === undefined ? {} : { total: bytesOf(rate) }),
    ...(backgroundRate === undefined ? {} : { background: backgroundOf(backgroundRate) }),
  };
}

function bytesOf(rate: RateSetting): number {
  return rate === 'unlimited' ? Number.POSITIVE_INFINITY : rate / bitsPerByte;
}

function backgroundOf(rate: BackgroundSetting): BackgroundRate {
  if (rate === 'auto') return rate;
  return rate === 'off' ? 0 : bytesOf(rate);
}
