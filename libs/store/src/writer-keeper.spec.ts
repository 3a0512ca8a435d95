import { once } from 'node:events';
import { MessageChannel } from 'node:worker_threads';
import { writerRestartMillisMax } from './limits';
import type { RunningWriter } from './start-writer';
import { emptyUsage } from './store';
import { type KeeperClock, WriterKeeper } from './writer-keeper';

/** A writer that fails when it is told to. */
class FailingWriter implements RunningWriter {
  readonly lastEnd = 'unknown';
  readonly inspection = { report: undefined, findings: [] };
  readonly accounted = Promise.resolve();
  readonly ended: Promise<void>;
  fail: (reason: unknown) => void = () => undefined;
  stopped = false;

  constructor(private readonly extents: number) {
    this.ended = new Promise((_, reject) => (this.fail = reject));
    this.ended.catch(() => undefined);
  }

  connect() {
    return new MessageChannel().port1;
  }

  usage() {
    return { ...emptyUsage(1), extents: this.extents };
  }

  stop(): Promise<void> {
    this.stopped = true;
    return Promise.resolve();
  }
}

describe('a writer that is kept', () => {
  let launched: FailingWriter[];
  let vain: number;
  let pauses: number[];
  let now: number;
  let told: string[];
  const time: KeeperClock = {
    now: () => now,
    pause: (millis, signal) => {
      pauses.push(millis);
      now += millis;
      signal.throwIfAborted();
      return Promise.resolve();
    },
  };

  beforeEach(() => {
    launched = [];
    pauses = [];
    told = [];
    vain = 0;
    now = 0;
  });

  async function keeper(): Promise<WriterKeeper> {
    const kept = await WriterKeeper.start(() => {
      if (vain-- > 0) return Promise.reject(new TypeError('not yet'));
      launched.push(new FailingWriter(launched.length));
      return Promise.resolve(launched.at(-1) ?? new FailingWriter(0));
    }, time);
    kept.keep({
      onDown: (failure) => Promise.resolve(void told.push(`down: ${String(failure)}`)),
      onStillDown: () => void told.push('still down'),
      onUp: () => void told.push('up'),
    });
    return kept;
  }

  const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  it('comes back after everybody left, and says so', async () => {
    const kept = await keeper();
    launched[0]?.fail('EIO');
    await settled();
    expect(told).toEqual(['down: EIO', 'up']);
    expect(kept).toMatchObject({ isDown: false });
    expect(kept.usage()).toMatchObject({ extents: 1 });
    await kept.stop();
    expect(launched[1]).toMatchObject({ stopped: true });
  });

  it('is tried more and more rarely, at least once a minute, until it runs', async () => {
    const kept = await keeper();
    vain = 8;
    launched[0]?.fail('EIO');
    await settled();
    expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60].map((seconds) => seconds * 1_000));
    expect(told.filter((word) => word === 'still down')).toHaveLength(8);
    expect(told.at(-1)).toBe('up');
    await kept.stop();
  });

  it('is not started at once again when it fails as soon as it runs, unless it ran for long', async () => {
    const kept = await keeper();
    for (const at of [0, 1, 2]) {
      launched[at]?.fail('EIO');
      await settled();
    }
    expect(pauses).toEqual([1_000, 2_000, 4_000]);
    now += writerRestartMillisMax + 1;
    launched[3]?.fail('EIO');
    await settled();
    expect(pauses.at(-1)).toBe(1_000);
    await kept.stop();
  });

  it('gives ports that are closed while it is down, and the usage that was last', async () => {
    const kept = await keeper();
    vain = Number.POSITIVE_INFINITY;
    const stuck = new Promise<never>(() => undefined);
    jest.spyOn(time, 'pause').mockReturnValueOnce(stuck);
    launched[0]?.fail('EIO');
    await settled();
    expect(kept.isDown).toBe(true);
    expect(kept.usage()).toMatchObject({ extents: 0 });
    const port = kept.connect();
    port.start();
    await once(port, 'close');
  });

  it('stays away once it was stopped', async () => {
    const kept = await keeper();
    await kept.stop();
    launched[0]?.fail('late');
    await settled();
    expect(told).toEqual([]);
    expect(launched).toHaveLength(1);
    await expect(kept.ended).resolves.toBeUndefined();
  });

  it('leaves what fails at the first start to whoever started it', async () => {
    vain = 1;
    await expect(keeper()).rejects.toThrow('not yet');
  });
});
