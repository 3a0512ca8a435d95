import { Counter, Gauge, type Registry } from 'prom-client';

/** What operators see of interception. Labels come from closed sets. */
export function createInterceptMetrics(registry: Registry) {
  const registers = [registry];
  return { ...heartMetrics(registers), ...kernelMetrics(registers), ...estimates(registers) };
}

/** The metrics of one appliance's interception. */
export type InterceptMetrics = ReturnType<typeof createInterceptMetrics>;

function heartMetrics(registers: Registry[]) {
  return {
    epochAge: new Gauge({
      name: 'intercept_epoch_age_seconds',
      help: 'Time since the living epoch began; 0 while none lives and nothing is diverted.',
      registers,
    }),
    beatsFailed: new Counter({
      name: 'intercept_beats_failed_total',
      help: 'Beats of the heart, and beginnings of an epoch, that the packet filter did not take.',
      registers,
    }),
    lapses: new Counter({
      name: 'intercept_lapses_total',
      help: 'Epochs that ended unasked, by cause. Their flows are with their origins.',
      labelNames: ['cause'] as const,
      registers,
    }),
  };
}

function kernelMetrics(registers: Registry[]) {
  return {
    intercepted: new Counter({
      name: 'intercept_intercepted_datagrams_total',
      help: 'Datagrams that the kernel diverted to the datapath threads.',
      labelNames: ['family'] as const,
      registers,
    }),
    passedPackets: new Counter({
      name: 'intercept_passed_packets_total',
      help: 'Packets that the kernel forwarded on flows that were passed.',
      labelNames: ['flow', 'direction', 'family'] as const,
      registers,
    }),
    passedBytes: new Counter({
      name: 'intercept_passed_bytes_total',
      help: 'Their bytes, with IP and UDP headers.',
      labelNames: ['flow', 'direction', 'family'] as const,
      registers,
    }),
    trackerConnections: new Counter({
      name: 'intercept_diverted_tracker_connections_total',
      help: 'First packets of TCP connections to trackers that the kernel diverted.',
      registers,
    }),
    hurried: new Counter({
      name: 'intercept_hurried_handshakes_total',
      help: 'HANDSHAKEs that passed because more flows began within a second than intercept.newFlowsPerSecond.',
      registers,
    }),
    tracked: new Gauge({
      name: 'intercept_tracked_flows',
      help: "Flows that the kernel's connection tracking knows, of all protocols.",
      registers,
    }),
    trackedMax: new Gauge({
      name: 'intercept_tracked_flows_max',
      help: 'As many as it has room for: a full table makes the kernel drop new flows of all protocols.',
      registers,
    }),
    spoofed: new Counter({
      name: 'intercept_spoofed_datagrams_total',
      help: 'Datagrams with the address of a subscriber that came in where no subscriber is, and were dropped.',
      registers,
    }),
  };
}

/** See `PassedTraffic`. */
function estimates(registers: Registry[]) {
  return {
    passedContent: new Counter({
      name: 'intercept_passed_content_estimate_bytes_total',
      help: 'Estimate of the content bytes that subscribers fetched past us, on flows that began with a HANDSHAKE.',
      registers,
    }),
    hitRatio: new Gauge({
      name: 'intercept_byte_hit_ratio_estimate',
      help: 'Estimate of the share of content bytes that were here, of all that subscribers asked for, passed ones included.',
      registers,
    }),
  };
}
