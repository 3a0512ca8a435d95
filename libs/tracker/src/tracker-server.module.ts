import { type DynamicModule, type NestApplicationOptions } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { limits } from '@weir/ppstp';

import { deskOf, openIssuer } from './certificate-authority';
import { listenFailed } from './listen-failed';
import type { TrackerMetrics } from './metrics';
import { planTracker, type TrackerPlan } from './plan';
import type { TrackerSettings } from './settings';
import { ppstpMediaType } from './tracker.controller';
import { TrackerFilter } from './tracker.filter';
import { TrackerModule } from './tracker.module';
import { trackerMetrics, trackerPlan, TrackerService } from './tracker.service';

/** A tracker that answers. */
export interface RunningTracker {
  /** Where peers post their requests: `http://127.0.0.1:7846/`. */
  readonly url: string;
  /** File of the certificate that peers need to believe those that the tracker issues; undefined if it issues none. */
  readonly membershipCa: string | undefined;
  /** Stops listening and forgets all peers. */
  close(): Promise<void>;
}

/** Time for a whole request to arrive: a peer that sends byte by byte must not hold a connection. */
const requestMillis = 10_000;

/** Time that a connection may stay open without a request. Peers report once in a minute: keeping it gains nothing. */
const keepAliveMillis = 5_000;

const applicationOptions: NestApplicationOptions = {
  bodyParser: false,
  logger: ['fatal', 'error', 'warn'],
  abortOnError: false,
};

/**
 * Starts a tracker. Throws `TRACKER_SETTING_INVALID` for settings that are wrong, a `MembershipError` for an authority
 * that cannot be used, and `TRACKER_LISTEN_FAILED` if the address cannot be had. An app that adds modules of its own gives its `root`, which imports
 * `TrackerModule.forRoot(settings)`.
 */
export async function startTracker(
  settings: TrackerSettings,
  root: DynamicModule = TrackerModule.forRoot(settings),
): Promise<RunningTracker> {
  const plan = planTracker(settings);
  const issuer = await openIssuer(plan.membership);
  const app = await NestFactory.create<NestFastifyApplication>(root, httpAdapter(), applicationOptions);
  app.useGlobalFilters(new TrackerFilter(app.get<TrackerPlan>(trackerPlan), app.get(TrackerService)));
  app.get(TrackerService).issueBy(issuer && deskOf(issuer, app.get<TrackerMetrics>(trackerMetrics)));
  app.getHttpServer().maxConnections = plan.server.connections;
  try {
    await app.init();
    // Not app.listen, which would log the error that we throw.
    const origin = await app.getHttpAdapter().getInstance().listen({ port: plan.port, host: plan.host });
    const membershipCa = plan.membership?.files.certificateFile;
    return { url: `${origin}${plan.path}`, membershipCa, close: () => app.close() };
  } catch (error) {
    await app.close();
    throw listenFailed(settings.listen, error);
  }
}

/** Reads bodies as text: the protocol's own decoder bounds and checks them. */
function httpAdapter(): FastifyAdapter {
  const adapter = new FastifyAdapter({
    bodyLimit: limits.requestCharsMax,
    requestTimeout: requestMillis,
    connectionTimeout: requestMillis,
    keepAliveTimeout: keepAliveMillis,
    forceCloseConnections: true,
  });
  const http = adapter.getInstance();
  http.removeAllContentTypeParsers();
  // Both make a browser ask before it posts for a foreign page; other types are refused for that reason too.
  http.addContentTypeParser([ppstpMediaType, 'application/json'], { parseAs: 'string' }, (_, body, done) => {
    done(null, body);
  });
  return adapter;
}
