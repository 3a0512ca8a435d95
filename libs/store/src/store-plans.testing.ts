import fc from 'fast-check';
import { TestContent } from './content.testing';
import type { Batch } from './store';

/** What is written in tests of whole stores. */
export const contents = [
  new TestContent(1, { chunkCount: 64 * 30 + 5, chunkSize: 64 }),
  new TestContent(2, { chunkCount: 64 * 30, hash: 'sha1' }),
  new TestContent(4, { chunkCount: 64 * 12 + 1, chunkSize: 4096 }),
  new TestContent(3, { chunkCount: 9, chunkSize: 1024 }),
];

/** Room for about a third of the contents, so that evictions are the rule. */
export const capacityBytes = 1024 * 1024;

export const judgement = { seed: 1 };

const anyContent = fc.constantFrom(...contents);
const anyIndex = fc.nat(30);
const anyWrite = fc.record({
  content: fc.nat(contents.length - 1),
  indexes: fc.array(anyIndex, { maxLength: 6 }),
  block: fc.option(fc.nat(3)),
});
const anyRef = fc.record({ content: anyContent, index: anyIndex, by: fc.nat(3) }).map(({ content, index, by }) => ({
  swarmId: content.swarmId,
  index,
  by,
}));
/** A commit, by numbers. */
export const anyPlan = fc.record({
  erase: fc.oneof(
    { weight: 8, arbitrary: fc.constant([]) },
    { weight: 2, arbitrary: fc.array(anyRef, { maxLength: 3 }) },
    { weight: 1, arbitrary: anyContent.map(({ swarmId }) => [{ swarmId }]) },
  ),
  touched: fc.array(anyRef, { maxLength: 5 }),
  writes: fc.array(anyWrite, { maxLength: 3 }),
});
export type Plan = typeof anyPlan extends fc.Arbitrary<infer Value> ? Value : never;

/** A plan is short to print when it fails; what is written is long. */
export function batchOf({ erase, touched, writes }: Plan): Batch {
  return {
    ...{ erase, touched },
    writes: writes.flatMap(({ content: number, indexes, block }) => {
      const content = contents[number];
      if (content === undefined) return [];
      const there = indexes.filter((index) => index * 64 < content.record.chunkCount);
      return [content.write(there, block === null ? [] : [content.block(1 + (block % 2), block)])];
    }),
  };
}
