import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { type DynamicModule, Logger, type NestApplicationOptions } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';

import { deskOf, openIssuer } from './certificate-authority';
import { ClientAddresses } from './http/client-address';
import { Connections } from './http/connections';
import { TrackerEndpoint } from './http/endpoint';
import { type Handler, splitRequests } from './http/front';
import { Security } from './http/security';
import { createTrackerServer, type ServerTimes, serverTimes } from './http/server';
import { limits } from './limits';
import { listenFailed } from './listen-failed';
import type { TrackerMetrics } from './metrics';
import { planTracker, type TrackerPlan } from './plan';
import type { TrackerSettings } from './settings';
import { TrackerFilter } from './tracker.filter';
import { TrackerModule } from './tracker.module';
import { monotonicMicros, trackerMetrics, TrackerService } from './tracker.service';

/** A tracker that answers. */
export interface RunningTracker {
  /** Where peers post their requests: `http://127.0.0.1:7846/`. */
  readonly url: string;
  /** SHA-256 of the certificate that HTTPS shows, for people to compare; undefined for plain HTTP. */
  readonly fingerprint: string | undefined;
  /** File of the certificate that peers need to believe those that the tracker issues; undefined if it issues none. */
  readonly membershipCa: string | undefined;
  /** Reads certificates and users anew. False if that failed: the log says why, and those before stay in use. */
  reload(): Promise<boolean>;
  /** Stops listening and forgets all peers. */
  close(): Promise<void>;
}

const applicationOptions: NestApplicationOptions = {
  bodyParser: false,
  logger: ['fatal', 'error', 'warn'],
  abortOnError: false,
};

const logger = new Logger('Tracker');

/**
 * Starts a tracker. Throws `TRACKER_SETTING_INVALID` for settings that are wrong, a `TlsError`, `MembershipError` or
 * `TRACKER_FILE_INVALID` for files that cannot be used, and `TRACKER_LISTEN_FAILED` if the address cannot be had. An app
 * that adds modules of its own gives its `root`, which imports `TrackerModule.forRoot(settings)`. `times`: for tests.
 */
export async function startTracker(
  settings: TrackerSettings,
  root: DynamicModule = TrackerModule.forRoot(settings),
  times: ServerTimes = serverTimes,
): Promise<RunningTracker> {
  const plan = planTracker(settings);
  const security = await Security.open(plan);
  const issuer = await openIssuer(plan.membership);
  const app = await NestFactory.create<NestFastifyApplication>(root, new FastifyAdapter(), applicationOptions);
  app.useGlobalFilters(new TrackerFilter());
  const metrics = app.get<TrackerMetrics>(trackerMetrics);
  app.get(TrackerService).issueBy(issuer && deskOf(issuer, metrics));
  const server = serverOf(app, { plan, security, times });
  try {
    await app.init();
    await app.getHttpAdapter().getInstance().ready();
    await listen(server, plan);
  } catch (error) {
    await app.close();
    throw listenFailed(settings.listen, error);
  }
  return running({ app, server, plan, security, metrics });
}

interface ServerSetting {
  readonly plan: TrackerPlan;
  readonly security: Security;
  readonly times: ServerTimes;
}

/** The server in front of the app: peers' requests never reach Nest. Not listening yet. */
function serverOf(app: NestFastifyApplication, { plan, security, times }: ServerSetting): Server {
  const metrics = app.get<TrackerMetrics>(trackerMetrics);
  const clients = new ClientAddresses(plan.trustedProxies);
  const endpoint = new TrackerEndpoint(app.get(TrackerService), {
    prover: security.prover,
    clients,
    failed: (error) => {
      logger.error(error);
    },
  });
  const { connections: most, connectionsPerPrefix } = plan.server;
  const rate = { perSecond: limits.connectionRateMax, burst: limits.connectionBurstMax };
  const bounds = { connections: most, connectionsPerPrefix, rate, prefixesMax: limits.prefixesMax };
  const connections = new Connections(bounds, (why) => metrics.endedConnections.inc({ why }), monotonicMicros);
  const others: Handler = (request, response) => app.getHttpAdapter().getInstance().routing(request, response);
  const server = createTrackerServer({
    tls: security.tlsOptions,
    times,
    connections,
    clients,
    handle: splitRequests(plan.path, (request, response) => endpoint.handle(request, response), others),
    malformed: () => {
      metrics.malformedRequests.inc();
      return endpoint.malformed().text;
    },
  });
  security.showBy(server.setSecureContext);
  return server.http;
}

interface Parts {
  readonly app: NestFastifyApplication;
  readonly server: Server;
  readonly plan: TrackerPlan;
  readonly security: Security;
  readonly metrics: TrackerMetrics;
}

function running({ app, server, plan, security, metrics }: Parts): RunningTracker {
  const tellEnd = () => metrics.certificateEnd.set((security.identity?.certificate.notAfter ?? 0) / 1000);
  tellEnd();
  const reload = async (): Promise<boolean> => {
    const error: unknown = await security.reload().catch((reason: unknown) => reason);
    if (error !== undefined) logger.error(error);
    metrics.reloads.inc({ outcome: error === undefined ? 'done' : 'failed' });
    tellEnd();
    return error === undefined;
  };
  const unwatch = security.watch(() => void reload());
  return {
    url: urlOf(server, plan),
    fingerprint: security.identity?.certificate.fingerprint,
    membershipCa: plan.membership?.files.certificateFile,
    reload,
    close: async () => {
      unwatch();
      await Promise.all([closeServer(server), app.close()]);
    },
  };
}

function listen(server: Server, { host, port }: TrackerPlan): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

/** Where this host itself reaches the tracker: one that listens everywhere is at the loopback address, too. */
function urlOf(server: Server, { tls, path, host }: TrackerPlan): string {
  const address: AddressInfo | string | null = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const reachable = { '0.0.0.0': '127.0.0.1', '::': '::1' }[host] ?? host;
  const authority = reachable.includes(':') ? `[${reachable}]` : reachable;
  return `${tls === undefined ? 'http' : 'https'}://${authority}:${String(port)}${path}`;
}
