import { limits } from '../limits';
import type { TrackerMetrics } from '../metrics';
import type { TrackerPlan } from '../plan';
import { monotonicMicros } from '../clock';
import { ClientAddresses } from './client-address';
import { Connections } from './connections';
import { type Answerer, TrackerEndpoint } from './endpoint';
import { type Handler, splitRequests } from './front';
import type { Security } from './security';
import { createTrackerServer, type ServerTimes, type TrackerServer } from './server';

/** What a tracker's server is put together of. */
export interface ServerSetting {
  readonly plan: TrackerPlan;
  readonly security: Security;
  readonly times: ServerTimes;
  readonly metrics: TrackerMetrics;
  readonly tracker: Answerer;
  /** Takes on what is read at other paths than the tracker's. */
  readonly others: Handler;
  /** Hears of mistakes of ours. */
  readonly failed: (error: unknown) => void;
}

/** The server that peers talk to, as planned. Not listening yet. */
export function assembleServer(setting: ServerSetting): TrackerServer {
  const { plan, security, metrics, failed } = setting;
  const clients = new ClientAddresses(plan.trustedProxies);
  const endpoint = new TrackerEndpoint(setting.tracker, { prover: security.prover, clients, failed });
  const server = createTrackerServer({
    tls: security.tlsOptions,
    times: setting.times,
    connections: boundedConnections(plan, metrics),
    clients,
    handle: splitRequests(plan.path, (request, response) => endpoint.handle(request, response), setting.others),
    malformed: () => {
      metrics.malformedRequests.inc();
      return endpoint.malformed().text;
    },
  });
  security.showBy(server.setSecureContext);
  return server;
}

function boundedConnections({ server }: TrackerPlan, metrics: TrackerMetrics): Connections {
  const bounds = {
    connections: server.connections,
    connectionsPerPrefix: server.connectionsPerPrefix,
    rate: server.connectionRate,
    prefixesMax: limits.prefixesMax,
  };
  return new Connections(bounds, (why) => metrics.endedConnections.inc({ why }), monotonicMicros);
}
