import { digest, subtreeOf } from '@weir/ppspp';
import { leavesTask, runTask, subtreeTask, unpacked } from './tasks';
import runAsWorker from './verify.worker';

describe('a verify task', () => {
  const bytes = Uint8Array.from({ length: 640 }, (_, at) => at % 251);
  const chunks = Array.from({ length: 64 }, (_, at) => bytes.subarray(at * 10, (at + 1) * 10));

  it('is a plain function, the same in a worker', () => {
    expect(runAsWorker).toBe(runTask);
  });

  it('hashes chunks, however they lie', () => {
    const expected = chunks.map((chunk) => Uint8Array.from(digest('sha256', chunk)));
    expect(unpacked(runTask(leavesTask('sha256', chunks)), 32)).toEqual(expected);
    const shared = new Uint8Array(new SharedArrayBuffer(650)).subarray(5, 645);
    shared.set(bytes);
    const reversed = chunks.map((_, at) => shared.subarray(630 - at * 10, 640 - at * 10));
    expect(unpacked(runTask(leavesTask('sha256', reversed)), 32)).toEqual(expected.toReversed());
  });

  it('copies what is not shared, and only that', () => {
    const shared = new Uint8Array(new SharedArrayBuffer(640));
    expect(subtreeTask('sha1', shared, 10).bytes.buffer).toBe(shared.buffer);
    expect(leavesTask('sha1', [shared.subarray(0, 10), shared.subarray(10)]).shared).toBe(shared.buffer);
    expect(subtreeTask('sha1', bytes, 10).bytes.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(leavesTask('sha1', [shared, bytes]).shared).not.toBe(shared.buffer);
  });

  it('computes a subtree', () => {
    expect(runTask(subtreeTask('sha1', bytes, 10))).toEqual(subtreeOf('sha1', bytes, 10));
  });
});
