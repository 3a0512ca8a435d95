import { Counter, Gauge, type Registry } from 'prom-client';

/** What a registration counts. Labels come from closed sets only. */
export function createRegistrationMetrics(registry: Registry) {
  const registers = [registry];
  return {
    requests: new Counter({
      name: 'ppstp_client_requests_total',
      help: 'PPSTP requests to trackers, by request type and outcome: ok, the name of an error code, or why no answer came.',
      labelNames: ['request', 'outcome'] as const,
      registers,
    }),
    trackers: new Gauge({
      name: 'ppstp_client_trackers',
      help: 'Configured trackers, by state. Any that is failed is unreachable, or refuses us.',
      labelNames: ['state'] as const,
      registers,
    }),
    lookups: new Counter({
      name: 'ppstp_client_lookups_total',
      help: 'Look-ups of a swarm that went to trackers: neither answered from memory nor collapsed into another.',
      registers,
    }),
    refusedPeers: new Counter({
      name: 'ppstp_client_refused_peers_total',
      help: 'Peers that trackers listed and that were left out, by reason. A rise of unusable means a broken or hostile tracker.',
      labelNames: ['reason'] as const,
      registers,
    }),
  };
}

/** The metrics of all registrations of one process. */
export type RegistrationMetrics = ReturnType<typeof createRegistrationMetrics>;
