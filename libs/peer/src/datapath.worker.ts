import { CacheError } from '@weir/ppspp';
import { Datapath } from './datapath';
import type { DatapathFailure, DatapathTask } from './datapath-messages';

/**
 * A datapath thread: an endless task, until a message stops it. Why it ended otherwise is its answer: an error would
 * cross threads without its code, and a message might come after the task's end.
 */
export default async function runDatapath(task: DatapathTask): Promise<DatapathFailure | undefined> {
  try {
    await new Datapath(task).run();
    return undefined;
  } catch (error) {
    return failure(error);
  } finally {
    task.control.close();
  }
}

function failure(error: unknown): DatapathFailure {
  if (!(error instanceof CacheError)) return { code: 'DATAPATH_FAILED', message: String(error), details: {} };
  return { code: String(error.code), message: error.message, details: error.details };
}
