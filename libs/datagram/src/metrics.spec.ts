import { Registry } from 'prom-client';
import { DatagramTally } from './counts';
import { createDatagramMetrics, recordDatagramCounts } from './metrics';

it('adds up what ports counted', async () => {
  const registry = new Registry();
  const metrics = createDatagramMetrics(registry);
  const tally = new DatagramTally();
  tally.received(100);
  tally.sent(30);
  tally.sent(12);
  tally.failed('queue-full');
  recordDatagramCounts(metrics, tally.take());
  recordDatagramCounts(metrics, tally.take());
  const text = await registry.metrics();
  expect(text).toContain('datagram_received_total 1\n');
  expect(text).toContain('datagram_received_bytes_total 100\n');
  expect(text).toContain('datagram_sent_total 2\n');
  expect(text).toContain('datagram_sent_bytes_total 42\n');
  expect(text).toContain('datagram_send_faults_total{fault="queue-full"} 1\n');
});
