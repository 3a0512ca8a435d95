import { RequestBlock } from '../trace/request-block';
import { MinReplay, NextUses } from './min-replay';
import type { Tally } from './tally';

/** A block of requests for objects, each for all of its bytes. */
export function blockOf(requests: readonly number[], bytes: Uint32Array, by = 1): RequestBlock {
  const block = new RequestBlock();
  for (const object of requests) block.add(object, bytes[object] ?? 0, by);
  return block;
}

/** What the optimum makes of requests that come in several blocks. */
export function optimum(blocks: readonly (readonly number[])[], bytes: Uint32Array, capacityBytes: number): Tally {
  const uses = new NextUses(bytes.length);
  const compiled = blocks.map((requests) => blockOf(requests, bytes));
  const nextUses = compiled.map((block) => new Uint32Array(block.length));
  let sequence = compiled.reduce((sum, block) => sum + block.length, 0);
  for (let index = compiled.length - 1; index >= 0; index--) {
    const [block, into] = [compiled[index], nextUses[index]];
    if (block === undefined || into === undefined) continue;
    sequence -= block.length;
    uses.fill(block, block.length, sequence, into);
  }
  const replay = new MinReplay(capacityBytes, { bytes });
  for (const [index, block] of compiled.entries()) {
    replay.nextUses = nextUses[index] ?? replay.nextUses;
    replay.run(block, 0, block.length);
  }
  return replay.tally;
}
