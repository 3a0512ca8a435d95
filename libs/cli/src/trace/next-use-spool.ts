import { blockRequests, NextUses, RequestBlock } from '@weir/policy';
import type { CompiledTrace } from './compiled-trace';
import { Spool } from './spool';

/** When the objects of a trace's requests are asked for next, in a temporary file, block by block. */
export interface NextUseSpool {
  /** For the requests of a block. */
  read(index: number, into: Uint32Array<ArrayBuffer>): Promise<void>;
  close(): Promise<void>;
}

/** Goes through a trace backwards. */
export async function findNextUses(trace: CompiledTrace, folder: string, signal: AbortSignal): Promise<NextUseSpool> {
  const spool = await Spool.create(folder, 4 * blockRequests);
  const uses = new NextUses(trace.objects.bytes.length);
  const block = new RequestBlock();
  const found = new Uint32Array(blockRequests);
  try {
    for (let index = trace.blocks - 1; index >= 0; index--) {
      signal.throwIfAborted();
      await trace.read(index, block);
      uses.fill(block, block.length, index * blockRequests, found);
      await spool.write(index, found.buffer);
    }
  } catch (error) {
    await spool.close();
    throw error;
  }
  return { read: (index, into) => spool.read(index, into.buffer), close: () => spool.close() };
}
