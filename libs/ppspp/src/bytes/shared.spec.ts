import { setImmediate as turn } from 'node:timers/promises';
import { sharedBytes } from './shared';

const extentBytes = 4 * 2 ** 20;
const count = 512;

describe('shared bytes', () => {
  it('are zeroes, in memory that threads share', () => {
    const bytes = sharedBytes(100);
    expect(bytes).toEqual(new Uint8Array(100));
    expect(bytes.buffer).toBeInstanceOf(SharedArrayBuffer);
  });

  it('are let go of when nobody needs them, though nothing else is to be collected', async () => {
    // As many as wait for the store and live through young collections, as in a fetch.
    const recent: Uint8Array[] = [];
    const before = process.memoryUsage().arrayBuffers;
    let most = 0;
    for (let made = 0; made < count; made++) {
      recent[made % 16] = sharedBytes(extentBytes);
      await turn();
      most = Math.max(most, process.memoryUsage().arrayBuffers - before);
    }
    expect(recent).toHaveLength(16);
    expect(most).toBeLessThan((count * extentBytes) / 2);
  });
});
