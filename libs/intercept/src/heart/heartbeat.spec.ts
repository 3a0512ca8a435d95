import { signOfLifeMillis } from '@weir/datagram';
import type { RunTool, ToolOutcome } from '../kernel/tool';
import { Heartbeat } from './heartbeat';

const ok: ToolOutcome = { ok: true, stdout: '', complaint: '' };
const gone: ToolOutcome = {
  ok: false,
  stdout: '',
  complaint: 'Error: Could not process rule: No such file or directory\n',
};

/** A packet filter that answers when it is told to. */
class SlowKernel {
  readonly scripts: string[] = [];
  private answers: ((outcome: ToolOutcome) => void)[] = [];

  readonly run: RunTool = (_, { input = '' }) => {
    this.scripts.push(input.split(' ')[0] ?? '');
    return new Promise((resolve) => this.answers.push(resolve));
  };

  get waiting(): number {
    return this.answers.length;
  }

  async answer(outcome: ToolOutcome): Promise<void> {
    const [first, ...others] = this.answers;
    this.answers = others;
    first?.(outcome);
    for (let turn = 0; turn < 5; turn++) await Promise.resolve();
  }
}

describe('a heartbeat', () => {
  let now = 5_000_000_000;
  let kernel: SlowKernel;
  let revoked: number;
  let told: (number | undefined)[];
  let heartbeat: Heartbeat;

  beforeEach(() => {
    jest.useFakeTimers();
    kernel = new SlowKernel();
    [revoked, told] = [0, []];
    heartbeat = new Heartbeat({
      interfaces: ['eth0'],
      pulse: { slowest: () => 0, revoke: () => (revoked += 1) },
      run: kernel.run,
      now: () => now,
      changed: ({ epoch }) => told.push(epoch),
    });
    heartbeat.start();
  });
  afterEach(() => jest.useRealTimers());

  function pass(millis: number): void {
    for (let passed = 0; passed < millis; passed += signOfLifeMillis) {
      now += signOfLifeMillis * 1_000;
      jest.advanceTimersByTime(signOfLifeMillis);
    }
  }

  it('has one script at a time, however long it takes', async () => {
    expect([kernel.scripts, told]).toEqual([['create'], []]);
    pass(1_500);
    expect(kernel.waiting).toBe(1);
    await kernel.answer(ok);
    expect(told).toEqual([heartbeat.state.epoch]);
    pass(100);
    expect([kernel.scripts, kernel.waiting]).toEqual([['create', 'delete'], 1]);
  });

  it('takes a new epoch when the old one is gone, and says so', async () => {
    await kernel.answer(ok);
    const { epoch } = heartbeat.state;
    pass(500);
    await kernel.answer(gone);
    expect([revoked, kernel.scripts]).toEqual([1, ['create', 'delete', 'add']]);
    expect(heartbeat.lastComplaint).toContain('No such file');
    await kernel.answer(ok);
    pass(200);
    await kernel.answer(ok);
    expect(told).toEqual([epoch, undefined, heartbeat.state.epoch]);
    expect(heartbeat.state.epoch).not.toBe(epoch);
  });

  it('waits at its stop for the script that runs, and for the end of the epoch', async () => {
    await kernel.answer(ok);
    pass(500);
    let stopped = false;
    const stopping = heartbeat.stop().then(() => (stopped = true));
    await kernel.answer(ok);
    expect([kernel.scripts, stopped]).toEqual([['create', 'delete', 'add'], false]);
    await kernel.answer(ok);
    await stopping;
    pass(5_000);
    expect(kernel.scripts).toEqual(['create', 'delete', 'add']);
  });
});
