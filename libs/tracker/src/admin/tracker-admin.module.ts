import { type DynamicModule, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { configureRest, keepDoor, restHttpAdapter, versionAbove } from '@weir/rest';
import { Registry } from 'prom-client';
import { listenFailed } from '../listen-failed';
import { GrantsController } from './grants.controller';
import { PeersController } from './peers.controller';
import { trackerProblems, trackerProblemView } from './problem';
import { AdminStatusController } from './status.controller';
import { TrackedSwarmsController } from './swarms.controller';
import { keepToken } from './token';
import { adminParts, type AdminParts, TrackerAdminService } from './tracker-admin.service';

/** What the operator sees of a tracker and does to it, over HTTP. `startAdminSide` puts a server under it. */
@Module({})
export class TrackerAdminModule {
  static forRoot(parts: AdminParts, registry: Registry): DynamicModule {
    return {
      module: TrackerAdminModule,
      controllers: [AdminStatusController, TrackedSwarmsController, GrantsController, PeersController],
      providers: [
        TrackerAdminService,
        { provide: adminParts, useValue: parts },
        { provide: Registry, useValue: registry },
      ],
    };
  }
}

/** Where the admin side listens, and whom it answers. */
export interface AdminListening {
  readonly host: string;
  readonly port: number;
  readonly tokenFile: string;
  /** Names that requests may come to beside IP addresses and `localhost`. */
  readonly hosts?: readonly string[] | undefined;
}

/** An admin side that answers. */
export interface RunningAdminSide {
  /** `http://127.0.0.1:7847`. */
  readonly url: string;
  readonly tokenFile: string;
  close(): Promise<void>;
}

/**
 * Opens the admin side. Rejects with `TRACKER_SETTING_INVALID` for a token file that cannot be used, and with
 * `TRACKER_LISTEN_FAILED` if the address cannot be had.
 */
export async function startAdminSide(
  { host, port, tokenFile, hosts = [] }: AdminListening,
  parts: Omit<AdminParts, 'version'>,
  registry: Registry,
): Promise<RunningAdminSide> {
  const token = await keepToken(tokenFile);
  const version = versionAbove(__dirname);
  const root = TrackerAdminModule.forRoot({ ...parts, version }, registry);
  const app = await NestFactory.create<NestFastifyApplication>(root, restHttpAdapter(trackerProblems), {
    logger: ['fatal', 'error', 'warn'],
    abortOnError: false,
  });
  await configureTrackerAdmin(app, version);
  keepDoor(app, trackerProblems, { hosts, token, open: ['/healthz'] });
  try {
    await app.init();
    // Not app.listen, which would log the error that we throw.
    const url = await app.getHttpAdapter().getInstance().listen({ host, port });
    return { url, tokenFile, close: () => app.close() };
  } catch (error) {
    await app.close();
    throw listenFailed(`${host.includes(':') ? `[${host}]` : host}:${port}`, error);
  }
}

/** Gives an app with the `TrackerAdminModule` its errors and `/openapi.json`. */
export function configureTrackerAdmin(app: NestFastifyApplication, version: string): Promise<void> {
  return configureRest(app, trackerProblems, {
    title: "Weir's tracker",
    description: 'The admin side of a tracker for the PPSP Tracker Protocol (RFC 7846).',
    version,
    problem: trackerProblemView,
    token: 'token',
  });
}
