import { closeEnvironment, openForReading } from './lmdb-environment';
import { scrubSlice } from './scrub/scrub-slice';
import type { ScrubReport, ScrubTask } from './scrub/scrub-task';

/** Checks one slice, under a read transaction of LMDB's: as long as it is open, no page of the snapshot is used again. */
export default async function runScrub(task: ScrubTask): Promise<ScrubReport> {
  const environment = openForReading(task.directory);
  if (environment === undefined) return { next: undefined, bytes: 0, extents: 0, damage: [] };
  try {
    return scrubSlice(task, () => {
      environment.root.resetReadTxn();
      const transaction = environment.root.useReadTransaction();
      return () => transaction.done();
    });
  } finally {
    await closeEnvironment(environment);
  }
}
