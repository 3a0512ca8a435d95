import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { AdminApp } from './admin.testing';

let admin: AdminApp;
let json: unknown;

beforeAll(async () => {
  admin = await AdminApp.start();
  ({ json } = await admin.request('GET', '/openapi.json'));
});
afterAll(() => admin.close());

const content = z.record(z.string(), z.looseObject({ schema: z.looseObject({}) }));
const response = z.looseObject({ description: z.string(), content: content.optional() });
const operation = z.looseObject({
  operationId: z.string(),
  summary: z.string().min(1),
  tags: z.array(z.string()).length(1),
  parameters: z.array(z.looseObject({ name: z.string(), in: z.enum(['path', 'query']) })),
  responses: z.record(z.string(), response),
});

/** The parts of OpenAPI 3.0 that we use. */
const document = z.looseObject({
  openapi: z.string().regex(/^3\.0\./),
  info: z.looseObject({ title: z.literal('Weir'), version: z.string() }),
  paths: z.record(z.string().startsWith('/'), z.record(z.enum(['get', 'post', 'delete']).or(z.string()), operation)),
  components: z.looseObject({ schemas: z.record(z.string().regex(/^[A-Z][A-Za-z]+$/), z.looseObject({})) }),
});

function operations() {
  const { paths } = document.parse(json);
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, described]) => ({ route: `${method.toUpperCase()} ${path}`, ...described })),
  );
}

it('documents every route that is served', () => {
  const served = admin.routes.filter((route) => !route.startsWith('HEAD ') && route !== 'GET /openapi.json');
  const paths = served.map((route) => route.replace(/:(\w+)/g, '{$1}'));
  expect(paths).toHaveLength(34);
  expect(
    operations()
      .map(({ route }) => route)
      .sort(),
  ).toEqual(paths.sort());
});

it('has every route on the page about the API', () => {
  const page = readFileSync(join(__dirname, '..', '..', '..', 'docs', 'admin-api.md'), 'utf8');
  const routes = page.match(/(?<=^\| \[`)[A-Z]+ [^`]+(?=`)/gm) ?? [];
  expect([...routes].sort()).toEqual(
    operations()
      .map(({ route }) => route)
      .sort(),
  );
});

it('gives every operation a name of its own, its answer, its parameters and its problems', () => {
  const names = operations().map(({ operationId }) => operationId);
  expect(new Set(names).size).toBe(names.length);
  for (const { route, responses, parameters } of operations()) {
    const [, ok] = Object.entries(responses).find(([status]) => status.startsWith('2')) ?? [];
    if (!route.startsWith('DELETE')) expect(Object.keys(ok?.content ?? {})).toHaveLength(1);
    const problem = { schema: { $ref: '#/components/schemas/Problem' } };
    expect(responses['default']?.content).toEqual({ 'application/problem+json': problem });
    const named = [...route.matchAll(/{(\w+)}/g)].map(([, name]) => name);
    expect(parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => name)).toEqual(named);
  }
});

it('refers to nothing that it lacks, and has nothing that is not referred to', () => {
  const { components } = document.parse(json);
  const text = JSON.stringify(json);
  const referred = [...text.matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name);
  expect(text.match(/"\$ref":/g)).toHaveLength(referred.length);
  expect([...new Set(referred)].sort()).toEqual(Object.keys(components.schemas).sort());
});

it('documents what a fetch takes', () => {
  const { components } = document.parse(json);
  const { properties, required } = z
    .looseObject({ properties: z.record(z.string(), z.unknown()), required: z.array(z.string()) })
    .parse(components.schemas['FetchRequest']);
  expect(Object.keys(properties)).toEqual([
    'swarmId',
    'hash',
    'addressing',
    'chunkSize',
    'integrity',
    'contentBytes',
    'peers',
    'trackers',
  ]);
  expect(required).toEqual(['swarmId']);
});
