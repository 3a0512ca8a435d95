import { Counter, type Registry } from 'prom-client';
import type { DatagramCounts } from './counts';
import { datagramFaultKinds } from './faults';

/** The counters of all UDP ports of one registry. */
export type DatagramMetrics = ReturnType<typeof createDatagramMetrics>;

/** Creates the counters; call once for each registry. */
export function createDatagramMetrics(registry: Registry) {
  const registers = [registry];
  return {
    receivedDatagrams: new Counter({
      name: 'datagram_received_total',
      help: 'UDP datagrams received.',
      registers,
    }),
    receivedBytes: new Counter({
      name: 'datagram_received_bytes_total',
      help: 'UDP payload bytes received.',
      registers,
    }),
    sentDatagrams: new Counter({
      name: 'datagram_sent_total',
      help: 'UDP datagrams handed to the kernel.',
      registers,
    }),
    sentBytes: new Counter({
      name: 'datagram_sent_bytes_total',
      help: 'UDP payload bytes handed to the kernel.',
      registers,
    }),
    sendFaults: new Counter({
      name: 'datagram_send_faults_total',
      help: 'UDP datagrams not sent, by fault. queue-full and no-buffers mean that the network takes less than we offer.',
      labelNames: ['fault'] as const,
      registers,
    }),
  };
}

/** Adds what a port counted; the counts may come from another thread. */
export function recordDatagramCounts(metrics: DatagramMetrics, counts: DatagramCounts): void {
  metrics.receivedDatagrams.inc(counts.receivedDatagrams);
  metrics.receivedBytes.inc(counts.receivedBytes);
  metrics.sentDatagrams.inc(counts.sentDatagrams);
  metrics.sentBytes.inc(counts.sentBytes);
  for (const fault of datagramFaultKinds) {
    if (counts.faults[fault] > 0) metrics.sendFaults.inc({ fault }, counts.faults[fault]);
  }
}
