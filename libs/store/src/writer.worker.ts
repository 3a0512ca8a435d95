import type { MessagePort } from 'node:worker_threads';
import { BootMark, mayBeTorn } from './boot-mark';
import { makeDirectory, mustBeOurs } from './directory';
import { StoreError } from './errors';
import { mustHaveRoom } from './first-room';
import type { Finding } from './integrity/finding';
import { inspectStore } from './integrity/inspect-store';
import { type LmdbStoreOptions, openLmdb } from './lmdb-store';
import type { SegmentUse } from './keeper';
import { TraceRecorder } from './recording/trace-recorder';
import { settledAfterMillis } from './limits';
import { StoreLock } from './store-lock';
import { WriterHost } from './writer-host';
import type { ControlReply, WriterTask } from './writer-messages';

/** The writer's thread: an endless task that owns the one writer of a store, until a message stops it. */
export default async function runWriter({ options, control }: WriterTask): Promise<void> {
  try {
    await runLocked(options, control);
  } catch (error) {
    tell(control, failure(error));
    throw error;
  } finally {
    control.close();
  }
}

/** No other process writes to the directory meanwhile. */
async function runLocked(options: LmdbStoreOptions, control: MessagePort): Promise<void> {
  makeDirectory(options.directory);
  mustBeOurs(options.directory);
  const lock = StoreLock.take(options.directory);
  try {
    mustHaveRoom(options.directory);
    const mark = new BootMark(options.directory);
    const { directory, capacityBytes } = options;
    const { report, findings } = inspectStore(directory, capacityBytes, unixSeconds(), mark);
    mark.set();
    const found = [...findings];
    let isOpen = false;
    const onFindings = (more: readonly Finding[]): void => {
      if (isOpen) tell(control, { type: 'found', findings: more });
      else found.push(...more);
    };
    const recorder = options.recording === undefined ? undefined : new TraceRecorder(options.recording);
    const onUse = recorder === undefined ? undefined : (use: SegmentUse) => recorder.record(use);
    const makeAccount = openLmdb({ ...options, onUse }, undefined, {
      lostRules: isDamaged(findings) || mayBeTorn(mark.last) || (mark.isOurs && report === undefined),
      onFindings,
    });
    tell(control, { type: 'opened', lastEnd: mark.last, inspection: { report, findings: found } });
    isOpen = true;
    const settling = setTimeout(() => mark.settle(), settledAfterMillis);
    await new WriterHost(makeAccount(), control, { recorder }).run().finally(() => {
      clearTimeout(settling);
      return recorder?.stop();
    });
    mark.clear();
  } finally {
    lock.release();
  }
}

/** What was only mended in place took no rules along. */
function isDamaged(findings: readonly Finding[]): boolean {
  return findings.some(({ remedy }) => remedy !== 'mended');
}

function unixSeconds(): number {
  return Math.floor(Date.now() / 1000);
}

function tell(control: MessagePort, reply: ControlReply): void {
  control.postMessage(reply);
}

/** An error crosses threads without its code: it is spelt out. */
function failure(error: unknown): ControlReply {
  if (error instanceof StoreError) {
    const { code, message, details } = error;
    return { type: 'failed', code, message, details };
  }
  return { type: 'failed', code: 'STORE_FAILED', message: String(error), details: {} };
}
