import { limits, type PeerMode } from '@weir/ppstp';

import type { Customs } from './customs';
import type { Identities, Identity } from './identities';
import type { Refusals } from './refusals';

/** One request that brings what a tracker has of us closer to what we want. */
export type Step =
  /** A STAT_REPORT that is due. */
  | { readonly kind: 'report'; readonly identity: Identity }
  /** A CONNECT from START. */
  | { readonly kind: 'register'; readonly mode: PeerMode; readonly swarmIds: readonly string[] }
  /** LEECH JOINs while TRACKING. */
  | { readonly kind: 'join'; readonly identity: Identity; readonly swarmIds: readonly string[] }
  | { readonly kind: 'leave'; readonly identity: Identity; readonly swarmIds: readonly string[] };

/** What is known of a tracker. */
export interface Outlook {
  readonly identities: Identities;
  readonly customs: Customs;
  readonly refusals: Refusals;
  /** How many may share a swarm's CONNECT from START; without an entry, as many as the tracker's customs allow. */
  readonly crowds: ReadonlyMap<string, number>;
  /** Whether the last CONNECT of several failed: one alone shows whether the tracker is there. */
  readonly probing: boolean;
}

/**
 * What to send, in this order: reports, since they show whether the tracker still knows us; LEECH, since somebody waits
 * for it; SEEDER; LEAVEs at last, since to leave the last swarm ends a registration.
 */
export function planSteps(outlook: Outlook, wanted: ReadonlyMap<string, PeerMode>, now: number): readonly Step[] {
  const lacking: Record<PeerMode, string[]> = { SEEDER: [], LEECH: [] };
  for (const [swarmId, mode] of wanted) {
    if (!outlook.identities.covers(swarmId, mode) && !outlook.refusals.waits(swarmId, now)) lacking[mode].push(swarmId);
  }
  const due = [...outlook.identities].filter(({ reportAt }) => reportAt <= now);
  return [
    ...due.map((identity): Step => ({ kind: 'report', identity })),
    ...leeches(outlook, lacking.LEECH),
    ...registrations(outlook, 'LEECH', apart(outlook, lacking.LEECH)),
    ...registrations(outlook, 'SEEDER', lacking.SEEDER),
    ...leaves(outlook.identities, wanted),
  ];
}

/** One identity for all that may be joined while TRACKING: the first registers with some, the others follow it. */
function leeches(outlook: Outlook, lacking: readonly string[]): readonly Step[] {
  if (!outlook.customs.joinsWhileTracking) return [];
  const together = lacking.filter((swarmId) => !outlook.crowds.has(swarmId));
  const identity = outlook.identities.first('LEECH');
  if (identity === undefined) return registrations(outlook, 'LEECH', together).slice(0, 1);
  return groupsOf(together, limits.actionsPerConnectMax).map((swarmIds) => ({ kind: 'join', identity, swarmIds }));
}

/** LEECH swarms that get an identity of their own: JOINs while TRACKING are refused, or were for them. */
function apart({ customs, crowds }: Outlook, lacking: readonly string[]): readonly string[] {
  return customs.joinsWhileTracking ? lacking.filter((swarmId) => crowds.has(swarmId)) : lacking;
}

function registrations(outlook: Outlook, mode: PeerMode, swarmIds: readonly string[]): readonly Step[] {
  const { customs, crowds, probing } = outlook;
  const batchMax = probing ? 1 : customs.batchMax(mode);
  const bySize = new Map<number, string[]>();
  for (const swarmId of swarmIds) {
    const size = Math.min(batchMax, crowds.get(swarmId) ?? batchMax);
    const others = bySize.get(size);
    if (others === undefined) bySize.set(size, [swarmId]);
    else others.push(swarmId);
  }
  // The largest first: they are those that nothing is known against.
  const sizes = [...bySize].sort(([one], [other]) => other - one);
  return sizes.flatMap(([size, group]) =>
    groupsOf(group, size).map((some): Step => ({ kind: 'register', mode, swarmIds: some })),
  );
}

function leaves(identities: Identities, wanted: ReadonlyMap<string, PeerMode>): readonly Step[] {
  return [...identities].flatMap((identity) => {
    const { mode, swarms } = identity;
    // Who has lost a part of what it offered as SEEDER is no SEEDER any more.
    const unwanted = [...swarms].filter((id) => !wanted.has(id) || (mode === 'SEEDER' && wanted.get(id) === 'LEECH'));
    const groups = groupsOf(unwanted, limits.actionsPerConnectMax);
    return groups.map((swarmIds): Step => ({ kind: 'leave', identity, swarmIds }));
  });
}

/** The items in their order, so many in each group at most. */
export function groupsOf<Item>(items: readonly Item[], sizeMax: number): readonly (readonly Item[])[] {
  const groups: (readonly Item[])[] = [];
  for (let start = 0; start < items.length; start += sizeMax) groups.push(items.slice(start, start + sizeMax));
  return groups;
}
