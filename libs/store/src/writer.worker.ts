import type { MessagePort } from 'node:worker_threads';
import { makeDirectory } from './directory';
import { StoreError } from './errors';
import { type LmdbStoreOptions, openLmdbWriter } from './lmdb-store';
import { StoreLock } from './store-lock';
import { WriterHost } from './writer-host';
import type { ControlReply, WriterTask } from './writer-messages';

/** The writer's thread: an endless task that owns the one writer of a store, until a message stops it. */
export default async function runWriter({ options, control }: WriterTask): Promise<void> {
  try {
    await runLocked(options, control);
  } catch (error) {
    control.postMessage(failure(error));
    throw error;
  } finally {
    control.close();
  }
}

/** No other process writes to the directory meanwhile. */
async function runLocked(options: LmdbStoreOptions, control: MessagePort): Promise<void> {
  makeDirectory(options.directory);
  const lock = StoreLock.take(options.directory);
  try {
    await new WriterHost(openLmdbWriter(options), control).run();
  } finally {
    lock.release();
  }
}

/** An error crosses threads without its code: it is spelt out. */
function failure(error: unknown): ControlReply {
  if (error instanceof StoreError) {
    const { code, message, details } = error;
    return { type: 'failed', code, message, details };
  }
  return { type: 'failed', code: 'STORE_FAILED', message: String(error), details: {} };
}
