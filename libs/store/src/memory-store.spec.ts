import { MemoryStore } from './memory-store';
import { describeStore } from './store.contract';

describe('a store in memory', () => {
  describeStore(() => {
    const store = new MemoryStore();
    return {
      writer: (options) => store.writer(options),
      reader: () => store.reader(),
      destroy: () => Promise.resolve(),
    };
  });
});
