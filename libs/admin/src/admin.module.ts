import { type DynamicModule, Module } from '@nestjs/common';
import type { FastifyAdapter, NestFastifyApplication } from '@nestjs/platform-fastify';
import { PeerModule } from '@weir/peer';
import type { WeirConfig } from '@weir/config';
import { configureRest, keepDoor, restHttpAdapter, versionAbove } from '@weir/rest';
import { CacheController } from './cache.controller';
import { FetchService } from './fetch.service';
import { HealthController } from './health.controller';
import { IntegrityController } from './integrity.controller';
import { problemRules, problemView } from './problem';
import { AuditService } from './audit.service';
import { JobsController } from './jobs/jobs.controller';
import { JobsService } from './jobs/jobs.service';
import { BlocksController } from './rules/blocks.controller';
import { ErasureService } from './rules/erasure.service';
import { QuotasController } from './rules/quotas.controller';
import { RulesService } from './rules/rules.service';
import { SwarmRulesController } from './rules/swarm-rules.controller';
import { StatusController } from './status.controller';
import { SwarmsController } from './swarms.controller';
import { SwarmsService } from './swarms.service';
import { TrackersController } from './trackers.controller';

/** What operators see of the appliance and do to it, over HTTP. `configureAdmin` completes it. */
@Module({
  imports: [PeerModule],
  controllers: [
    StatusController,
    SwarmsController,
    SwarmRulesController,
    BlocksController,
    QuotasController,
    JobsController,
    CacheController,
    IntegrityController,
    TrackersController,
    HealthController,
  ],
  providers: [SwarmsService, FetchService, RulesService, ErasureService, JobsService, AuditService],
})
export class AdminModule {
  /** With the app's registration and interception, which are made from its configuration. */
  static forRoot(registration: DynamicModule, interception: DynamicModule): DynamicModule {
    return { module: AdminModule, imports: [registration, interception] };
  }
}

/** The HTTP server that an app with the `AdminModule` is created on: it bounds what a client may send and take. */
export function adminHttpAdapter(): FastifyAdapter {
  return restHttpAdapter(problemRules);
}

/** What service managers and load balancers ask, who have no token: they learn whether it works, and why not. */
const openPaths = ['/healthz', '/readyz'];

/** Gives such an app its errors and `/openapi.json`, and has it answer nobody but whom it should. To be done before it listens. */
export async function configureAdmin(
  app: NestFastifyApplication,
  { token, hosts }: Pick<WeirConfig['admin'], 'token' | 'hosts'>,
): Promise<void> {
  keepDoor(app, problemRules, { hosts, token: token?.reveal(), open: openPaths });
  await configureRest(app, problemRules, {
    title: 'Weir',
    description: 'The admin API of a cache for the Peer-to-Peer Streaming Peer Protocol (RFC 7574).',
    version: versionAbove(__dirname),
    problem: problemView,
    ...(token === undefined ? {} : { token: 'token' }),
  });
}
