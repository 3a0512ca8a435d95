import { createDatagramMetrics, recordDatagramCounts, type DatagramPort } from '@weir/datagram';
import type { Endpoint, Notice } from '@weir/ppspp';
import type { Registry } from 'prom-client';
import type { DatapathMetrics } from './datapath-metrics';
import type { DatapathReport } from './datapath-messages';
import { describeSwarm } from './live-swarm';
import { createPeerMetrics, PeerMeter } from './metrics';
import { TrafficMeter, type TrafficChange } from './swarm-traffic';

/** Open swarms in one report: what an operator looks through, and a message carries cheaply. */
const reportedSwarmsMax = 1_000;

/** What a reporter reports on. */
export interface Reported {
  readonly thread: number;
  readonly registry: Registry;
  readonly metrics: DatapathMetrics;
  readonly endpoint: Endpoint;
  readonly ports: readonly DatagramPort[];
}

/** Gathers what a datapath thread did since it started. */
export class Reporter {
  private readonly datagrams;
  private readonly meter: PeerMeter;
  private readonly traffic = new TrafficMeter();
  private servedBytes = 0;

  constructor(private readonly reported: Reported) {
    const { registry, endpoint } = reported;
    this.datagrams = createDatagramMetrics(registry);
    this.meter = new PeerMeter(createPeerMetrics(registry), endpoint);
  }

  /** Something happened that counts. */
  hear(notice: Notice): void {
    if (notice.type === 'swarm-closed') this.traffic.close(notice.swarmId, notice);
  }

  async report(): Promise<DatapathReport> {
    const { thread, registry, metrics, endpoint, ports } = this.reported;
    this.meter.observe();
    for (const port of ports) recordDatagramCounts(this.datagrams, port.takeCounts());
    const { counters, channels, swarms } = endpoint;
    const { fetchedBytes, servedBytes, hitBytes, missBytes, repeatedBytes } = counters;
    const { answeredHandshakes, servedDatagrams, servedDatagramBytes } = counters;
    const passedHandshakes = [...counters.passedHandshakes.values()].reduce((all, count) => all + count, 0);
    metrics.servedBytes.inc({ thread }, servedBytes - this.servedBytes);
    this.servedBytes = servedBytes;
    const open = [...swarms.all()].slice(0, reportedSwarmsMax).map(describeSwarm);
    const totals = { channels: channels.size, fetchedBytes, servedBytes, hitBytes, missBytes };
    const beside = { answeredHandshakes, passedHandshakes, repeatedBytes, servedDatagrams, servedDatagramBytes };
    const { guestBytes, guestDatagramBytes } = counters;
    const done = { ...totals, ...beside, guestBytes, guestDatagramBytes, traffic: this.traffic.take(this.done()) };
    return { ...done, swarms: open, metrics: await registry.getMetricsAsJSON() };
  }

  /** What was done in each swarm that is open, since it was opened. */
  private *done(): Iterable<TrafficChange> {
    for (const { metadata, servedBytes, fetchedBytes, guests } of this.reported.endpoint.swarms.all())
      yield { swarmId: metadata.swarmId, servedBytes: servedBytes + guests.bytes, fetchedBytes };
  }
}
