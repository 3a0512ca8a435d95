import type { TrackerSessionState } from './tracker-status';

/** What decides whether a tracker is used. */
export interface Tiered {
  readonly tier: number;
  readonly group: string;
  readonly state: TrackerSessionState;
  /** Unix milliseconds since when it is in that state. */
  readonly since: number;
  /** Whether it is used now. */
  readonly used: boolean;
}

/**
 * Which trackers are to be used: of each group those of the lowest tier, and those of the next ones for as long as none of
 * the lower ones answers. A higher tier is given up only when one of a lower tier has answered for `steadyMillis`: who
 * comes and goes must not make us register and leave elsewhere each time.
 */
export function trackersInUse<Tracker extends Tiered>(
  trackers: readonly Tracker[],
  now: number,
  steadyMillis: number,
): ReadonlySet<Tracker> {
  const used = new Set<Tracker>();
  for (const group of new Set(trackers.map((tracker) => tracker.group))) {
    const members = trackers.filter((tracker) => tracker.group === group);
    const tiers = [...new Set(members.map(({ tier }) => tier))].sort((one, other) => one - other);
    for (const tier of tiers) {
      const ours = members.filter((tracker) => tracker.tier === tier);
      for (const tracker of ours) used.add(tracker);
      const isBackedUp = members.some((tracker) => tracker.tier > tier && tracker.used);
      const isEnough = isBackedUp
        ? ours.some(({ state, since }) => state === 'connected' && now - since >= steadyMillis)
        : ours.some(({ state }) => state !== 'failed');
      if (isEnough) break;
    }
  }
  return used;
}
