import { invariant } from '@weir/ppspp';
import { AggregatorRegistry, Registry } from 'prom-client';

/** What a thread sends: `await registry.getMetricsAsJSON()` of its own registry, without the platform's metrics. */
export type MetricsSnapshot = Awaited<ReturnType<Registry['getMetricsAsJSON']>>;

/** More threads than any machine we run on has cores; a bound on snapshots kept, not a target. */
const threadsMax = 256;

/**
 * One page of metrics for a process of many threads: the control thread's registry, and the last snapshot of each other
 * thread, summed (or as a metric's `aggregator` says).
 *
 * A counter must not fall because a thread ended: Prometheus would take that for a restart and count all of it again. So
 * what an ended thread counted stays in the sum; its gauges go with it.
 */
export class ThreadMetrics {
  /** What `text` is to be served as. */
  readonly contentType: string;
  private readonly running = new Map<string, MetricsSnapshot>();
  private ended = new Registry();

  constructor(private readonly control: Registry) {
    this.contentType = control.contentType;
  }

  /** Keeps what a thread reported, in place of what it reported before. */
  report(thread: string, snapshot: MetricsSnapshot): void {
    invariant(this.running.size < threadsMax || this.running.has(thread), 'an ended thread is retired');
    this.running.set(thread, snapshot);
  }

  /** Call when a thread has ended, before another reports under its name. */
  retire(thread: string): void {
    const counted = (this.running.get(thread) ?? []).filter(({ type }) => cumulative.has(String(type)));
    this.running.delete(thread);
    this.ended = AggregatorRegistry.aggregate([this.ended.getMetricsAsArray(), counted]);
  }

  /** The page, in Prometheus' text format. */
  async text(): Promise<string> {
    const control = await this.control.getMetricsAsJSON();
    const all = [control.map(keptWhole), this.ended.getMetricsAsArray(), ...this.running.values()];
    return await AggregatorRegistry.aggregate(all).metrics();
  }
}

/** Kinds that only ever grow. */
const cumulative: ReadonlySet<string> = new Set(['counter', 'histogram']);

/** The start time of the process is `omit`ted from sums over processes; here all threads share one. */
function keptWhole(metric: MetricsSnapshot[number]): MetricsSnapshot[number] {
  return metric.aggregator === 'omit' ? { ...metric, aggregator: 'first' } : metric;
}
