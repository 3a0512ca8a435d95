import { createWriteStream } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { blankRequest, createModel, LineWriter, type ModelName, type ModelSettings } from '@weir/policy';
import { ContentError, reasonOf, systemCode } from '../content/errors';

/** A trace to be made. */
export interface TracePlan {
  readonly model: ModelName;
  readonly settings: ModelSettings;
  readonly seed: number;
  readonly requests: number;
  readonly signal: AbortSignal;
  /** Told of how many requests are written. */
  readonly progress: (requests: number) => void;
}

/** Fast, and within a tenth of the best that gzip can do with such lines. */
const gzipLevel = 3;

/**
 * Writes a trace to a stream that stays open. Whoever reads it may stop reading, as `head` does: that ends it. Rejects with
 * `OUTPUT_FAILED`.
 */
export async function writeTraceTo(stream: Writable, plan: TracePlan): Promise<void> {
  try {
    await pipeline(linesOf(plan), stream, { signal: plan.signal, end: false });
  } catch (error) {
    plan.signal.throwIfAborted();
    if (systemCode(error) === 'EPIPE') return;
    throw new ContentError('OUTPUT_FAILED', 'stdout', `cannot be written: ${reasonOf(error)}`, { cause: error });
  }
}

/**
 * Writes a trace to a new file, packed if its name ends in .gz. Rejects with `OUTPUT_EXISTS`, `OUTPUT_UNWRITABLE` or
 * `OUTPUT_FAILED`. What is not complete is removed.
 */
export async function writeTraceFile(path: string, plan: TracePlan): Promise<void> {
  const file = await open(path, 'wx').catch((cause: unknown) => {
    if (systemCode(cause) === 'EEXIST')
      throw new ContentError('OUTPUT_EXISTS', path, 'is there; remove it, or name another');
    throw new ContentError('OUTPUT_UNWRITABLE', path, `cannot be written: ${reasonOf(cause)}`, { cause });
  });
  const stream = createWriteStream(path, { fd: file });
  try {
    const { signal } = plan;
    if (path.endsWith('.gz')) await pipeline(linesOf(plan), createGzip({ level: gzipLevel }), stream, { signal });
    else await pipeline(linesOf(plan), stream, { signal });
  } catch (cause) {
    await rm(path, { force: true });
    plan.signal.throwIfAborted();
    throw new ContentError('OUTPUT_FAILED', path, `cannot be written: ${reasonOf(cause)}`, { cause });
  }
}

function* linesOf({ model, settings, seed, requests, progress }: TracePlan): Generator<Uint8Array> {
  const source = createModel(model, settings, seed, requests);
  const writer = new LineWriter(source);
  const request = blankRequest();
  for (let written = 0; written < requests; written++) {
    source.next(request);
    writer.add(request);
    if (!writer.full) continue;
    yield writer.take();
    progress(written);
  }
  yield writer.take();
}
