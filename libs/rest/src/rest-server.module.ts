import { UnsupportedMediaTypeException } from '@nestjs/common';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type * as Swagger from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import { limits } from './limits';
import { problemMediaType, problemOf, type ProblemRules } from './problem';
import { ProblemFilter } from './problem.filter';

/** What `/openapi.json` says of an interface as a whole. */
export interface RestDescription {
  readonly title: string;
  readonly description: string;
  readonly version: string;
  /** The schema of its problems. */
  readonly problem: z.ZodType;
  /** The name of the scheme of its token, where it has one. */
  readonly token?: string;
}

/** The HTTP server that an app is created on: it bounds what a client may send and take. */
export function restHttpAdapter(rules: ProblemRules): FastifyAdapter {
  const adapter = new FastifyAdapter({
    bodyLimit: limits.bodyBytesMax,
    requestTimeout: limits.requestMillis,
    routerOptions: { maxParamLength: limits.pathPartCharsMax },
    // What the router refuses reaches no filter.
    frameworkErrors: (error: unknown, _: unknown, reply: FastifyReply) => {
      const problem = problemOf(error, rules);
      void reply.status(problem.status).type(problemMediaType).send(problem);
    },
  });
  adapter.getHttpServer().maxConnections = limits.connectionsMax;
  return adapter;
}

/** Gives such an app its errors and `/openapi.json`. To be done before it listens. */
export async function configureRest(
  app: NestFastifyApplication,
  rules: ProblemRules,
  description: RestDescription,
): Promise<void> {
  // Loaded where it is used: the command line, which shares this lib, would pay for it at each start.
  const swagger = await import('@nestjs/swagger');
  app.useGlobalFilters(new ProblemFilter(rules));
  app.useBodyParser(foreignTypes, undefined, (_, __, done) => {
    done(new UnsupportedMediaTypeException());
  });
  swagger.SwaggerModule.setup('openapi', app, () => openApi(swagger, app, description), {
    ui: false,
    raw: ['json'],
    jsonDocumentUrl: 'openapi.json',
  });
}

/** Types of a body that a browser sends for a foreign page without asking first. */
const foreignTypes = ['application/x-www-form-urlencoded', 'text/plain'];

function openApi(
  { DocumentBuilder, SwaggerModule }: typeof Swagger,
  app: NestFastifyApplication,
  { title, description, version, ...more }: RestDescription,
) {
  const builder = new DocumentBuilder()
    .setTitle(title)
    .setDescription(description)
    .setVersion(version)
    .addGlobalResponse({ status: 'default', description: 'Any problem (RFC 9457).', standardSchema: more.problem });
  if (more.token !== undefined)
    builder.addBearerAuth({ type: 'http', scheme: 'bearer' }, more.token).addSecurityRequirements(more.token);
  const document = SwaggerModule.createDocument(app, builder.build());
  for (const { get, post, put, delete: remove } of Object.values(document.paths)) {
    for (const operation of [get, post, put, remove]) typeAsProblem(operation?.responses.default);
  }
  return document;
}

type Responses = NonNullable<Swagger.OpenAPIObject['paths'][string]['get']>['responses'];

/** The builder knows one media type for all answers of a route. */
function typeAsProblem(response: Responses[string]): void {
  if (response === undefined || !('content' in response)) return;
  const [content] = Object.values(response.content ?? {});
  if (content !== undefined) response.content = { [problemMediaType]: content };
}
