import { Piscina } from 'piscina';
import { Registry } from 'prom-client';
import { taskBytesMax, tasksMax } from './limits';
import { createVerifyMetrics } from './metrics';
import { PoolVerifier } from './pool-verifier';
import { describeVerifier } from './verifier.contract';

/** These run the compiled worker: build first. */
describe('a verifier with threads of its own', () => {
  describeVerifier(() => new PoolVerifier(1));

  it('goes on when a thread died that had no task', async () => {
    const run = jest.spyOn(Piscina.prototype, 'run');
    const verifier = new PoolVerifier(1);
    await verifier.subtree('sha256', new Uint8Array(64 * 1_024), 1_024);
    const [pool]: Piscina[] = run.mock.contexts;
    for (const thread of pool?.threads ?? []) expect(thread.emit('error', new Error('out of memory'))).toBe(true);
    run.mockRestore();
    expect(await verifier.subtree('sha256', new Uint8Array(64 * 1_024), 1_024)).toHaveLength(127 * 32);
    await verifier.close();
  });

  describe('chooses where it hashes', () => {
    const registry = new Registry();
    const metrics = createVerifyMetrics(registry);
    let verifier: PoolVerifier;

    beforeEach(() => {
      registry.resetMetrics();
      verifier = new PoolVerifier(1, metrics);
    });

    afterEach(() => verifier.close());

    const chunks = (count: number): Uint8Array[] => Array.from({ length: count }, () => new Uint8Array(10));

    async function hashedBytes(): Promise<Record<string, number>> {
      const { values } = await metrics.hashedBytes.get();
      return Object.fromEntries(values.map(({ labels, value }) => [String(labels.place), value]));
    }

    it('a few chunks here, 64 in the pool', async () => {
      await verifier.leafHashes('sha1', chunks(63));
      await verifier.leafHashes('sha1', chunks(64));
      await verifier.subtree('sha1', new Uint8Array(63), 1);
      await verifier.subtree('sha1', new Uint8Array(64), 1);
      expect(await hashedBytes()).toEqual({ small: 630 + 63, pool: 640 + 64 });
      expect(await registry.metrics()).toContain('verify_task_seconds_count 2');
    });

    it('here, when the pool has as many tasks as it may', async () => {
      const answers = Array.from({ length: tasksMax + 2 }, () => verifier.leafHashes('sha1', chunks(64)));
      expect(await hashedBytes()).toEqual({ pool: tasksMax * 640, overflow: 2 * 640 });
      expect((await Promise.all(answers)).every((hashes) => hashes.length === 64)).toBe(true);
      await verifier.leafHashes('sha1', chunks(64));
      expect(await hashedBytes()).toEqual({ pool: (tasksMax + 1) * 640, overflow: 2 * 640 });
    });

    it('here, when the pool has as many bytes as it may; but one task of any size goes there', async () => {
      const large = new Uint8Array(new SharedArrayBuffer(taskBytesMax + 64));
      const answers = [verifier.subtree('sha256', large, large.length / 64), verifier.leafHashes('sha1', chunks(64))];
      expect(await hashedBytes()).toEqual({ pool: large.length, overflow: 640 });
      await Promise.all(answers);
    });
  });
});
