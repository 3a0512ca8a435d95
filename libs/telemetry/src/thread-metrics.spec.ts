import fc from 'fast-check';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { ThreadMetrics } from './thread-metrics';

/** A thread's registry, as a datapath thread would have it. */
class Thread {
  readonly registry = new Registry();
  private readonly registers = [this.registry];
  readonly sent = new Counter({ name: 'sent_bytes_total', help: 'h', labelNames: ['to'], registers: this.registers });
  readonly open = new Gauge({ name: 'channels', help: 'h', registers: this.registers });
  readonly read = new Histogram({ name: 'read_seconds', help: 'h', buckets: [1, 2], registers: this.registers });

  /** What arrives on the other side of a MessagePort. */
  async snapshot() {
    return structuredClone(await this.registry.getMetricsAsJSON());
  }
}

async function lines(metrics: ThreadMetrics, name: string): Promise<string[]> {
  const page = await metrics.text();
  return page.split('\n').filter((line) => line.startsWith(name));
}

it('sums the counters, gauges and histograms of all threads with the control thread', async () => {
  const [control, one, two] = [new Thread(), new Thread(), new Thread()];
  control.sent.inc({ to: 'inside' }, 1);
  one.sent.inc({ to: 'inside' }, 10);
  two.sent.inc({ to: 'outside' }, 100);
  one.open.set(3);
  two.open.set(4);
  for (const [thread, seconds] of [
    [one, 0.5],
    [two, 1.5],
    [two, 9],
  ] as const)
    thread.read.observe(seconds);

  const metrics = new ThreadMetrics(control.registry);
  metrics.report('one', await one.snapshot());
  metrics.report('two', await two.snapshot());

  expect(await lines(metrics, 'sent')).toEqual([
    'sent_bytes_total{to="inside"} 11',
    'sent_bytes_total{to="outside"} 100',
  ]);
  expect(await lines(metrics, 'channels')).toEqual(['channels 7']);
  expect(await lines(metrics, 'read')).toEqual([
    'read_seconds_bucket{le="1"} 1',
    'read_seconds_bucket{le="2"} 2',
    'read_seconds_bucket{le="+Inf"} 3',
    'read_seconds_sum 11',
    'read_seconds_count 3',
  ]);
});

it('replaces what a thread reported before', async () => {
  const thread = new Thread();
  const metrics = new ThreadMetrics(new Registry());
  for (let turn = 1; turn <= 3; turn++) {
    thread.sent.inc({ to: 'inside' }, 5);
    metrics.report('one', await thread.snapshot());
  }
  expect(await lines(metrics, 'sent')).toEqual(['sent_bytes_total{to="inside"} 15']);
});

it('keeps what an ended thread counted, and forgets what it held', async () => {
  const [first, second] = [new Thread(), new Thread()];
  const metrics = new ThreadMetrics(new Registry());
  first.sent.inc({ to: 'inside' }, 5);
  first.open.set(7);
  first.read.observe(1.5);
  metrics.report('one', await first.snapshot());
  metrics.retire('one');
  metrics.retire('one');
  metrics.retire('never started');
  expect(await lines(metrics, 'sent')).toEqual(['sent_bytes_total{to="inside"} 5']);
  expect(await lines(metrics, 'channels')).toEqual([]);

  second.sent.inc({ to: 'inside' }, 1);
  second.open.set(1);
  metrics.report('one', await second.snapshot());
  expect(await lines(metrics, 'sent')).toEqual(['sent_bytes_total{to="inside"} 6']);
  expect(await lines(metrics, 'channels')).toEqual(['channels 1']);
  expect(await lines(metrics, 'read_seconds_sum')).toEqual(['read_seconds_sum 1.5']);
});

it('never lets a counter fall, whatever threads do', async () => {
  const steps = fc.array(fc.tuple(fc.constantFrom('count', 'report', 'retire'), fc.nat(2)), { maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(steps, async (sequence) => {
      const metrics = new ThreadMetrics(new Registry());
      const threads = new Map<number, Thread>();
      let last = 0;
      for (const [step, number] of sequence) {
        const thread = threads.get(number) ?? new Thread();
        threads.set(number, thread);
        if (step === 'count') thread.sent.inc({ to: 'inside' }, 1);
        if (step === 'report') metrics.report(String(number), await thread.snapshot());
        if (step === 'retire') metrics.retire(String(number));
        if (step === 'retire') threads.delete(number);
        const [line = '0'] = await lines(metrics, 'sent_bytes_total{');
        const now = Number(line.split(' ').at(-1));
        expect(now).toBeGreaterThanOrEqual(last);
        last = now;
      }
    }),
    { numRuns: 30 },
  );
});

it('leaves the metrics of the process whole', async () => {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const metrics = new ThreadMetrics(registry);
  metrics.report('one', await new Thread().snapshot());
  const page = await metrics.text();
  const names = registry.getMetricsAsArray().map(({ name }) => name);
  for (const name of names) expect(page).toContain(`# TYPE ${name} `);
  expect(await lines(metrics, 'process_start_time_seconds')).toHaveLength(1);
  expect(metrics.contentType).toContain('text/plain');
});
