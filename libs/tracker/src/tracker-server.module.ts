import { type DynamicModule, Logger, type NestApplicationOptions } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Registry } from 'prom-client';

import type { RunningAdminSide } from './admin/tracker-admin.module';
import { type Catalogue } from './catalogue/catalogue';
import { openCatalogue } from './catalogue/open-catalogue';
import { deskOf, openIssuer } from './certificate-authority';
import { monotonicMicros } from './clock';
import { assembleServer } from './http/assembly';
import { closeServer, listen, urlOf } from './http/listening';
import { Security } from './http/security';
import { type ServerTimes, serverTimes } from './http/server';
import type { TrackerMetrics } from './metrics';
import { planTracker, type TrackerPlan } from './plan';
import { createProbeMetrics } from './prober/metrics';
import { openProbes } from './prober/open-probes';
import type { TrackerSettings } from './settings';
import { TrackerFilter } from './tracker.filter';
import { TrackerModule } from './tracker.module';
import { trackerMetrics, TrackerService } from './tracker.service';

/** A tracker that answers. */
export interface RunningTracker {
  /** Where peers post their requests: `http://127.0.0.1:7846/`. */
  readonly url: string;
  /** SHA-256 of the certificate that HTTPS shows, for people to compare; undefined for plain HTTP. */
  readonly fingerprint: string | undefined;
  /** File of the certificate that peers need to believe those that the tracker issues; undefined if it issues none. */
  readonly membershipCa: string | undefined;
  /** Where the admin side is, and the file of its token; undefined if there is none. */
  readonly admin: Pick<RunningAdminSide, 'url' | 'tokenFile'> | undefined;
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
 * Starts a tracker. Throws `TRACKER_SETTING_INVALID` for settings that are wrong, a `TlsError`, `MembershipError`,
 * `CatalogueError` or `TRACKER_FILE_INVALID` for files that cannot be used, and `TRACKER_LISTEN_FAILED` if an address cannot
 * be had. An app that adds modules of its own gives its `root`, which imports `TrackerModule.forRoot(settings)`. `times`:
 * for tests.
 */
export async function startTracker(
  settings: TrackerSettings,
  root: DynamicModule = TrackerModule.forRoot(settings),
  times: ServerTimes = serverTimes,
): Promise<RunningTracker> {
  const plan = planTracker(settings);
  const opened = new Opened();
  try {
    return await open({ plan, root, times }, opened);
  } catch (error) {
    await opened.close();
    throw error;
  }
}

/** What was opened one after the other, to be closed the other way round. */
class Opened {
  private readonly closers: (() => unknown)[] = [];

  add(close: () => unknown): void {
    this.closers.push(close);
  }

  async close(): Promise<void> {
    for (const close of this.closers.splice(0).reverse()) await close();
  }
}

interface Start {
  readonly plan: TrackerPlan;
  readonly root: DynamicModule;
  readonly times: ServerTimes;
}

async function open({ plan, root, times }: Start, opened: Opened): Promise<RunningTracker> {
  const security = await Security.open(plan);
  const issuer = await openIssuer(plan.membership);
  const catalogue = openCatalogue(plan.stateDirectory);
  opened.add(() => catalogue.close());
  const app = await NestFactory.create<NestFastifyApplication>(root, new FastifyAdapter(), applicationOptions);
  opened.add(() => app.close());
  app.useGlobalFilters(new TrackerFilter());
  const metrics = app.get<TrackerMetrics>(trackerMetrics);
  const tracker = app.get(TrackerService);
  tracker.issueBy(issuer && deskOf(issuer, metrics));
  catalogue.rule(tracker.core);
  await openProofs(app, { plan, catalogue }, opened);
  await app.init();
  const http = app.getHttpAdapter().getInstance();
  await http.ready();
  const failed = (error: unknown): void => {
    logger.error(error);
  };
  const parts = { plan, security, times, metrics, tracker, failed };
  const server = assembleServer({ ...parts, others: (request, response) => http.routing(request, response) }).http;
  opened.add(() => closeServer(server));
  await listen(server, plan);
  const url = urlOf(server, plan);
  const admin = await openAdminSide(app, { plan, catalogue, url });
  if (admin !== undefined) opened.add(() => admin.close());
  const reload = () => reloaded(security, metrics);
  opened.add(security.watch(() => void reload()));
  tellEnd(security, metrics);
  const fingerprint = security.identity?.certificate.fingerprint;
  return {
    url,
    fingerprint,
    membershipCa: plan.membership?.files.certificateFile,
    admin,
    reload,
    close: () => opened.close(),
  };
}

interface Ruled {
  readonly plan: TrackerPlan;
  readonly catalogue: Catalogue;
}

async function openProofs(app: NestFastifyApplication, { plan, catalogue }: Ruled, opened: Opened): Promise<void> {
  if (!plan.probes) return;
  const tracker = app.get(TrackerService);
  const probes = await openProbes({
    ...{ tracker: tracker.core, catalogue, allowLoopback: plan.options.allowLoopback },
    metrics: createProbeMetrics(app.get(Registry)),
    warn: (message) => {
      logger.warn(message);
    },
  });
  if (probes === undefined) return;
  opened.add(() => probes.close());
  tracker.proveBy((claims, origin) => probes.ask(claims, origin));
}

interface Administered extends Ruled {
  readonly url: string;
}

async function openAdminSide(
  app: NestFastifyApplication,
  { plan, catalogue, url }: Administered,
): Promise<RunningAdminSide | undefined> {
  if (plan.admin === undefined) return undefined;
  const kept = plan.stateDirectory !== undefined;
  if (!kept) logger.warn('what is published ends with this process: name a state directory to keep it');
  const tracker = app.get(TrackerService).core;
  // Loaded where it is wanted: the command line, which shares this lib, would pay for it at each start.
  const { startAdminSide } = await import('./admin/tracker-admin.module.js');
  return startAdminSide(plan.admin, { tracker, catalogue, kept, url, now: monotonicMicros }, app.get(Registry));
}

async function reloaded(security: Security, metrics: TrackerMetrics): Promise<boolean> {
  try {
    await security.reload();
  } catch (error) {
    logger.error(error);
    metrics.reloads.inc({ outcome: 'failed' });
    return false;
  }
  metrics.reloads.inc({ outcome: 'done' });
  tellEnd(security, metrics);
  return true;
}

function tellEnd(security: Security, metrics: TrackerMetrics): void {
  const notAfter = security.identity?.certificate.notAfter;
  metrics.certificateEnd.set((notAfter ?? 0) / 1000);
  if (notAfter === undefined || notAfter > Date.now()) return;
  logger.warn(`the certificate ended ${new Date(notAfter).toISOString()}: peers refuse it; put a new one in its place`);
}
