import type { SwarmId } from '@weir/ppspp';
import { StoreError } from '../errors';
import type { DamageKind, Remedy } from '../integrity/finding';
import type { PageDamage } from '../integrity/tree-walk';
import type { SwarmWrite } from '../store';

/** The parts of a pass, in order: the structure of the file; then one swarm after the other, with all it has. */
export const scrubPhases = ['pages', 'swarms'] as const;

/** One of `scrubPhases`. */
export type ScrubPhase = (typeof scrubPhases)[number];

/** Where a pass has come to. */
export interface ScrubCursor {
  readonly phase: ScrubPhase;
  /** The key of the swarm that was looked at last, in hex; empty before the first. */
  readonly after: string;
  /** How far that swarm was checked; absent where all of it was. */
  readonly within?: { readonly table: 'extents' | 'hashes'; readonly after: string } | undefined;
}

/** Whether a value is such a place: what an older version noted is none. */
export function isScrubCursor(value: unknown): value is ScrubCursor {
  return (
    typeof value === 'object' && value !== null && 'phase' in value && scrubPhases.some((one) => one === value.phase)
  );
}

/** What a thread is asked to check. */
export interface ScrubTask {
  readonly directory: string;
  readonly cursor: ScrubCursor;
  /** It stops behind the value with which it has read so much. */
  readonly bytesMax: number;
  /**
   * True: what the disk does not give up is lost. Else it ends the slice, with STORE_UNREADABLE: a disk that is in trouble for a
   * minute has lost nothing.
   */
  readonly insists?: boolean;
}

/** Damage as a slice found it, and what it did itself; what is to be erased is the writer's to do. */
export interface ScrubDamage {
  readonly kind: DamageKind;
  readonly remedy: Remedy;
  readonly detail: string;
  readonly swarmId?: SwarmId | undefined;
  readonly extent?: number | undefined;
  /** What takes the place of what is damaged, where it could be made anew; the writer's to write. */
  readonly anew?: SwarmWrite | undefined;
}

/** What a slice did. */
export interface ScrubReport {
  /** Where the next one begins; undefined at the end of the pass. */
  readonly next: ScrubCursor | undefined;
  readonly bytes: number;
  readonly extents: number;
  readonly damage: readonly ScrubDamage[];
}

/** Damage to the structure of the open file. */
export function pagesDamage(damage: PageDamage | undefined): ScrubDamage {
  const where = damage === undefined ? 'no meta' : `${damage.fault} of tree ${damage.tree}, page ${damage.pageNumber}`;
  return { kind: 'pages', remedy: 'lost', detail: where };
}

/** A page of a tree that the disk does not give up: what it leads to cannot be had. */
export function hiddenDamage({ tree, pageNumber }: PageDamage): ScrubDamage {
  const detail = `the disk does not give up page ${pageNumber}, of the tree ${tree}: what it leads to is not served, and who has to write to it waits`;
  return { kind: 'unreadable', remedy: 'lost', detail };
}

/** Throws STORE_UNREADABLE unless the scrub is to take what it cannot read for lost. */
export function mustInsist(insists: boolean, what: string): void {
  if (insists) return;
  throw new StoreError('STORE_UNREADABLE', `The scrub cannot read ${what}. It is tried again in a minute.`);
}
