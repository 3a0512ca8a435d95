import { Counter, Gauge, type Registry } from 'prom-client';

/** What a tracker counts. Labels come from closed sets only. */
export function createTrackerMetrics(registry: Registry) {
  const registers = [registry];
  const requests = new RequestCounts();
  let measure = (): void => undefined;
  // The first of a registry's metrics to be collected: what is measured only when somebody asks is measured here.
  const requestsTotal = new Counter({
    name: 'ppstp_tracker_requests_total',
    help: 'PPSTP requests answered, by request type (unreadable if it could not be read) and by error code (0 is success).',
    labelNames: ['request', 'error_code'] as const,
    registers,
    collect() {
      measure();
      requests.write(this);
    },
  });
  return {
    requests,
    requestsTotal,
    /** Has gauges set whenever the metrics are read. */
    measureBy(set: () => void): void {
      measure = set;
    },
    ...serverMetrics(registers),
    ...peerMetrics(registers),
  };
}

function serverMetrics(registers: Registry[]) {
  return {
    repeatedRequests: new Counter({
      name: 'ppstp_tracker_repeated_requests_total',
      help: 'Requests that came again and were answered as before, among those answered. A rise means that answers get lost.',
      registers,
    }),
    endedConnections: new Counter({
      name: 'ppstp_tracker_ended_connections_total',
      help: 'Connections ended for being one too many, by why: rate or prefix (of one source prefix), room (in all).',
      labelNames: ['why'] as const,
      registers,
    }),
    malformedRequests: new Counter({
      name: 'ppstp_tracker_malformed_http_total',
      help: 'Requests that were no HTTP, or took too long to arrive. A rise means a broken or hostile client.',
      registers,
    }),
    overloaded: new Gauge({
      name: 'ppstp_tracker_overloaded',
      help: 'Whether the tracker is behind with its work: 1 while it answers new peers with 05.',
      registers,
    }),
    reloads: new Counter({
      name: 'ppstp_tracker_reloads_total',
      help: 'Times that certificates and users were read anew, by outcome. After failed the ones before are in use.',
      labelNames: ['outcome'] as const,
      registers,
    }),
    certificateEnd: new Gauge({
      name: 'ppstp_tracker_certificate_end_seconds',
      help: "When the server's certificate ends, in seconds since 1970; 0 without TLS.",
      registers,
    }),
  };
}

function peerMetrics(registers: Registry[]) {
  return {
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

/** Counts requests at a fraction of what a labelled counter costs, which is written when the metrics are read. */
class RequestCounts {
  private readonly counts = new Map<string, number[]>();

  /** `errorCode` is one of RFC 7846's. */
  count(request: string, errorCode: number): void {
    let ofType = this.counts.get(request);
    if (ofType === undefined) this.counts.set(request, (ofType = []));
    ofType[errorCode] = (ofType[errorCode] ?? 0) + 1;
  }

  write(counter: Counter<'request' | 'error_code'>): void {
    counter.reset();
    for (const [request, ofType] of this.counts) {
      ofType.forEach((count, errorCode) => counter.inc({ request, error_code: errorCode }, count));
    }
  }
}

/** The metrics of one tracker. */
export type TrackerMetrics = ReturnType<typeof createTrackerMetrics>;
