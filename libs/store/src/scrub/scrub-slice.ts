import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { pageBytes } from '../footprint';
import { FilePages, newestMeta } from '../integrity/inspect-pages';
import { inspectSnapshot } from '../integrity/inspect-snapshot';
import type { Meta } from '../integrity/meta-page';
import type { PageDamage } from '../integrity/tree-walk';
import { hiddenDamage, mustInsist, pagesDamage, type ScrubReport, type ScrubTask } from './scrub-task';
import { SwarmSlice } from './swarm-slice';

/** Keeps a snapshot from being overwritten until what it answers is called. */
export type Pin = () => () => void;

/** Checks one slice of a store under a snapshot that stays meanwhile. Plain synchronous work, for a thread of its own. */
export function scrubSlice({ directory, cursor, bytesMax, insists = false }: ScrubTask, pin: Pin): ScrubReport {
  const descriptor = openSync(join(directory, 'data.mdb'), 'r+');
  const release = pin();
  try {
    const meta = newestMeta(new FilePages(descriptor));
    // How long the file is counts from here on: with the snapshot it may have grown.
    const source = new FilePages(descriptor);
    const nothing = { bytes: 0, extents: 0 };
    if (meta === undefined) mustInsist(insists, 'the first pages of the file');
    if (meta === undefined) return { ...nothing, next: undefined, damage: [pagesDamage(undefined)] };
    if (cursor.phase === 'pages') return scrubPages(source, meta, insists);
    return new SwarmSlice({ descriptor, source, meta, insists }).run(cursor, bytesMax);
  } finally {
    release();
    closeSync(descriptor);
  }
}

/** What the disk does not give up is gone round: all else is whole, and can be served. */
function scrubPages(source: FilePages, meta: Meta, insists: boolean): ScrubReport {
  const first = inspected(source, meta);
  // Damage ends the process, to be dealt with at its next start: so it is looked at twice.
  const { damage, pagesRead, hidden } = first.damage === undefined ? first : inspected(source, meta);
  if (hidden.length > 0) mustInsist(insists, 'the structure of the file');
  const next = damage === undefined ? ({ phase: 'swarms', after: '' } as const) : undefined;
  const found = damage === undefined ? [] : [pagesDamage(damage)];
  return { next, bytes: pagesRead * pageBytes, extents: 0, damage: [...hidden.map(hiddenDamage), ...found] };
}

function inspected(source: FilePages, meta: Meta) {
  const hidden: PageDamage[] = [];
  const { damage, pagesRead } = inspectSnapshot(source, meta, undefined, hidden);
  if (damage?.fault !== 'unreadable') return { damage, pagesRead, hidden };
  return { damage: undefined, pagesRead, hidden: [...hidden, damage] };
}
