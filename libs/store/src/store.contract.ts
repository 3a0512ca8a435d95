import { describeContent } from './content.contract';
import { describeProbation } from './probation.contract';
import { describeRefusal } from './refusal.contract';
import { describeRoom } from './room.contract';
import { describeRules } from './rules/rules.contract';
import { StoreBench, type StoreUnderTest } from './store-bench.testing';

/** What every store promises. */
export function describeStore(make: () => StoreUnderTest): void {
  let bench: StoreBench;

  beforeEach(() => {
    bench = new StoreBench(make());
  });

  afterEach(() => bench.close());

  describeContent(() => bench);
  describeRoom(() => bench);
  describeProbation(() => bench);
  describeRefusal(() => bench);
  describeRules(() => bench);
}
