import { type DynamicModule, Module, UnsupportedMediaTypeException } from '@nestjs/common';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { PeerModule } from '@weir/peer';
import type { FastifyReply } from 'fastify';
import { FetchService } from './fetch.service';
import { HealthController } from './health.controller';
import { limits } from './limits';
import { problemMediaType, problemOf, problemView } from './problem';
import { ProblemFilter } from './problem.filter';
import { StatusController } from './status.controller';
import { SwarmsController } from './swarms.controller';
import { SwarmsService } from './swarms.service';
import { TrackersController } from './trackers.controller';
import { versionAbove } from './version';

/** What operators see of the appliance and do to it, over HTTP. `configureAdmin` completes it. */
@Module({
  imports: [PeerModule],
  controllers: [StatusController, SwarmsController, TrackersController, HealthController],
  providers: [SwarmsService, FetchService],
})
export class AdminModule {
  /** With the app's registration and interception, which are made from its configuration. */
  static forRoot(registration: DynamicModule, interception: DynamicModule): DynamicModule {
    return { module: AdminModule, imports: [registration, interception] };
  }
}

/** The HTTP server that an app with the `AdminModule` is created on: it bounds what a client may send and take. */
export function adminHttpAdapter(): FastifyAdapter {
  const adapter = new FastifyAdapter({
    bodyLimit: limits.bodyBytesMax,
    requestTimeout: limits.requestMillis,
    // What the router refuses reaches no filter.
    frameworkErrors: refuse,
  });
  adapter.getHttpServer().maxConnections = limits.connectionsMax;
  return adapter;
}

function refuse(error: unknown, _: unknown, reply: FastifyReply): void {
  const problem = problemOf(error);
  void reply.status(problem.status).type(problemMediaType).send(problem);
}

/** Gives such an app its errors and `/openapi.json`. To be called before it listens. */
export function configureAdmin(app: NestFastifyApplication): void {
  app.useGlobalFilters(new ProblemFilter());
  app.useBodyParser(foreignTypes, undefined, (_, __, done) => {
    done(new UnsupportedMediaTypeException());
  });
  SwaggerModule.setup('openapi', app, () => openApi(app), {
    ui: false,
    raw: ['json'],
    jsonDocumentUrl: 'openapi.json',
  });
}

/** Types of a body that a browser sends for a foreign page without asking first. */
const foreignTypes = ['application/x-www-form-urlencoded', 'text/plain'];

function openApi(app: NestFastifyApplication): OpenAPIObject {
  const config = new DocumentBuilder()
    .setTitle('Weir')
    .setDescription('The admin API of a cache for the Peer-to-Peer Streaming Peer Protocol (RFC 7574).')
    .setVersion(versionAbove(__dirname))
    .addGlobalResponse({ status: 'default', description: 'Any problem (RFC 9457).', standardSchema: problemView })
    .build();
  const document = SwaggerModule.createDocument(app, config);
  for (const { get, post, delete: remove } of Object.values(document.paths)) {
    for (const operation of [get, post, remove]) typeAsProblem(operation?.responses.default);
  }
  return document;
}

type Responses = NonNullable<OpenAPIObject['paths'][string]['get']>['responses'];

/** The builder knows one media type for all answers of a route. */
function typeAsProblem(response: Responses[string]): void {
  if (response === undefined || !('content' in response)) return;
  const [content] = Object.values(response.content ?? {});
  if (content !== undefined) response.content = { [problemMediaType]: content };
}
