// The tracker intercept alone, of an appliance that serves any swarm at the addresses of its arguments. Writes a line for each
// swarm that is asked for.
import { argv, stdout } from 'node:process';
import { createTrackerInterceptMetrics, TrackerIntercept } from '@weir/intercept';
import { Registry } from 'prom-client';

const [, , ipv4 = '', ipv6 = ''] = argv;

const intercept = new TrackerIntercept({
  port: 9_180,
  ipv6: true,
  peerId: 'weir-1',
  service: { ipv4: { ip: ipv4, port: 6_778 }, ipv6: { ip: ipv6, port: 6_778 } },
  serves: () => true,
  asked: (swarmId, { ip }) => stdout.write(`${JSON.stringify({ swarmId, ip })}\n`),
  metrics: createTrackerInterceptMetrics(new Registry()),
});

void intercept.start().then(() => stdout.write('ready\n'));
