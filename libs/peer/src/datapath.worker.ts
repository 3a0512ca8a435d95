import { CacheError } from '@weir/ppspp';
import { Datapath } from './datapath';
import type { DatapathReply, DatapathTask } from './datapath-messages';

/** A datapath thread: an endless task, until a message stops it. */
export default async function runDatapath(task: DatapathTask): Promise<void> {
  try {
    await new Datapath(task).run();
  } catch (error) {
    task.control.postMessage(failure(error));
    throw error;
  } finally {
    task.control.close();
  }
}

/** An error crosses threads without its code: it is spelt out. */
function failure(error: unknown): DatapathReply {
  if (!(error instanceof CacheError))
    return { type: 'failed', code: 'DATAPATH_FAILED', message: String(error), details: {} };
  return { type: 'failed', code: String(error.code), message: error.message, details: error.details };
}
