import { Counter, Gauge, type Registry } from 'prom-client';

/** What a tracker counts. Labels come from closed sets only. */
export function createTrackerMetrics(registry: Registry) {
  const registers = [registry];
  return {
    requests: new Counter({
      name: 'ppstp_tracker_requests_total',
      help: 'PPSTP requests answered, by request type (unreadable if it could not be read) and by error code (0 is success).',
      labelNames: ['request', 'error_code'] as const,
      registers,
    }),
    expiredPeers: new Counter({
      name: 'ppstp_tracker_expired_peers_total',
      help: 'Peers forgotten because they were silent for too long. A rise means that peers crash or cannot reach the tracker.',
      registers,
    }),
    certificates: new Counter({
      name: 'ppstp_tracker_certificates_total',
      help: 'Membership certificates, by outcome: issued, repeated (given again), refused (over the rate), failed.',
      labelNames: ['outcome'] as const,
      registers,
    }),
    peers: new Gauge({ name: 'ppstp_tracker_peers', help: 'Peers registered now.', registers }),
    swarms: new Gauge({ name: 'ppstp_tracker_swarms', help: 'Swarms that registered peers are in now.', registers }),
    memberships: new Gauge({
      name: 'ppstp_tracker_memberships',
      help: 'Peers in swarms now: a peer in two swarms counts twice.',
      registers,
    }),
  };
}

/** The metrics of one tracker. */
export type TrackerMetrics = ReturnType<typeof createTrackerMetrics>;
