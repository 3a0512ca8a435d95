import type { SwarmId } from '@weir/ppspp';

/**
 * What can be damaged: `pages`, the structure of the data file; `record`, of a swarm; `counter`, a number of the store's own;
 * `rules`, what operators laid down; `extent`, content or its hashes; `hashes`, a block of hashes above extents; `overflow`, the
 * head of the pages that a value lies on; `unreadable`, the disk does not give back what it has.
 */
export const damageKinds = [
  'pages',
  'record',
  'counter',
  'rules',
  'extent',
  'hashes',
  'overflow',
  'unreadable',
] as const;

/** One of `damageKinds`. */
export type DamageKind = (typeof damageKinds)[number];

/** Who came upon it: the start, a read on somebody's behalf, or the scrub. */
export type FoundBy = 'start' | 'read' | 'scrub';

/**
 * What became of it: `erased`, to be fetched again when it is wanted; `mended`, made anew from what is whole; `restored`, from a
 * second copy; `rolled-back`, to the transaction before; `set-aside`, the store begins anew beside its damaged file;
 * `begun-anew`, without keeping that file; `lost`, nothing was left to make it from.
 */
export const remedies = ['erased', 'mended', 'restored', 'rolled-back', 'set-aside', 'begun-anew', 'lost'] as const;

/** One of `remedies`. */
export type Remedy = (typeof remedies)[number];

/** Damage that was found, and what was done. It is never served. */
export interface Finding {
  /** Unix seconds. */
  readonly when: number;
  readonly kind: DamageKind;
  readonly foundBy: FoundBy;
  readonly remedy: Remedy;
  /** For people. */
  readonly detail: string;
  readonly swarmId?: SwarmId | undefined;
  readonly extent?: number | undefined;
}
