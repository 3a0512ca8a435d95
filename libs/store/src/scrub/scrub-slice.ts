import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { pageBytes } from '../footprint';
import { FilePages, newestMeta } from '../integrity/inspect-pages';
import { inspectSnapshot } from '../integrity/inspect-snapshot';
import type { Meta } from '../integrity/meta-page';
import { pagesDamage, type ScrubReport, type ScrubTask } from './scrub-task';
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
    if (meta === undefined) return { ...nothing, next: undefined, damage: [pagesDamage(undefined)] };
    if (cursor.phase === 'pages') return scrubPages(source, meta);
    return new SwarmSlice({ descriptor, source, meta, insists }).run(cursor, bytesMax);
  } finally {
    release();
    closeSync(descriptor);
  }
}

function scrubPages(source: FilePages, meta: Meta): ScrubReport {
  const first = inspectSnapshot(source, meta);
  // Damage ends the process, to be dealt with at its next start: so it is looked at twice.
  const { damage, pagesRead } = first.damage === undefined ? first : inspectSnapshot(source, meta);
  const next = damage === undefined ? ({ phase: 'swarms', after: '' } as const) : undefined;
  const found = damage === undefined ? [] : [pagesDamage(damage)];
  return { next, bytes: pagesRead * pageBytes, extents: 0, damage: found };
}
