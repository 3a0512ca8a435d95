import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createDatagramMetrics } from '@weir/datagram';
import { createCrewMetrics, createDatapathMetrics, createPeerMetrics } from '@weir/peer';
import { createInterceptMetrics, createTrackerInterceptMetrics } from '@weir/intercept';
import { createRegistrationMetrics } from '@weir/registration';
import { createIntegrityMetrics, createStoreMetrics } from '@weir/store';
import { createReadinessMetrics } from '@weir/telemetry';
import { createProbeMetrics, createTrackerMetrics } from '@weir/tracker';
import { createVerifyMetrics } from '@weir/verify';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** Every lib's metrics. A lib that creates some and is missing here fails the first test. */
const factories: readonly ((registry: Registry) => unknown)[] = [
  createCrewMetrics,
  createDatagramMetrics,
  createInterceptMetrics,
  createDatapathMetrics,
  createIntegrityMetrics,
  createPeerMetrics,
  createProbeMetrics,
  createReadinessMetrics,
  createRegistrationMetrics,
  createStoreMetrics,
  createTrackerInterceptMetrics,
  createTrackerMetrics,
  createVerifyMetrics,
];

const root = resolve(__dirname, '..');
const page = readFileSync(join(root, 'docs/metrics.md'), 'utf8').replace(/ +/g, ' ');

interface Described {
  readonly name: string;
  readonly help: string;
  readonly kind: string;
  readonly labels: readonly string[];
}

/** Whatever `create` registers, by name. */
function described(create: (registry: Registry) => unknown): Described[] {
  const registry = new Registry();
  create(registry);
  return registry.getMetricsAsArray().map((metric) => {
    const labels: string[] = Reflect.get(metric, 'labelNames');
    return { name: metric.name, help: metric.help, kind: metric.constructor.name.toLowerCase(), labels };
  });
}

const units = ['seconds', 'bytes', 'ratio', 'chunks', 'datagrams', 'extents'];
const foreignUnits =
  /_(?:ms|millis|milliseconds|us|micros|microseconds|ns|minutes|hours|days|kb|mb|gb|kib|mib|gib|bits|percent)(?:_|$)/;

/** What is wrong with a metric, by Prometheus' conventions. */
function faultsOf({ name, help, kind }: Described): string[] {
  const unit = name.split('_').at(-1) ?? '';
  const rules: [boolean, string][] = [
    [/^[a-z][a-z\d]*(?:_[a-z\d]+)+$/.test(name), 'a name is snake_case and starts with its subsystem'],
    [!foreignUnits.test(name), 'a base unit: seconds, bytes, ratio'],
    [(kind === 'counter') === name.endsWith('_total'), 'a counter, and nothing else, ends in _total'],
    [kind !== 'histogram' || units.includes(unit), `a histogram ends in one of ${units.join(', ')}`],
    [/^[A-Z].*\.$/.test(help), 'help is a sentence'],
  ];
  return rules.filter(([holds]) => !holds).map(([, rule]) => `${name}: ${rule}`);
}

function row({ name, help, kind, labels }: Described): string {
  return `| \`${name}\` | ${kind} | ${labels.map((label) => `\`${label}\``).join(', ')} | ${help} |`.replace(
    / +/g,
    ' ',
  );
}

const ours = factories.flatMap(described);

it('knows the metrics of every lib', () => {
  const sources = readdirSync(join(root, 'libs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts'))
    .map((name) => readFileSync(join(root, 'libs', name), 'utf8'));
  const created = sources.flatMap((source) => source.match(/(?<=export function )create\w+Metrics/g) ?? []);
  expect(factories.map(({ name }) => name).sort()).toEqual(created.sort());
});

it.each(ours)('$name has a conventional name and a help text', (metric) => {
  expect(faultsOf(metric)).toEqual([]);
});

it.each(ours)('$name stands in docs/metrics.md', (metric) => {
  expect(page).toContain(row(metric));
});

it('documents no metric that is gone', () => {
  const documented = page.match(/(?<=^\| `)\w+(?=`)/gm) ?? [];
  expect([...documented].sort()).toEqual(ours.map(({ name }) => name).sort());
});

it('gives no two libs one name, nor the platform', () => {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  for (const { name } of registry.getMetricsAsArray()) expect(name).toMatch(/^(?:nodejs|process)_/);
  expect(() => factories.forEach((create) => create(registry))).not.toThrow();
});

it.each<[string, (registers: [Registry]) => unknown]>([
  ['snake_case', (registers) => new Gauge({ name: 'openChannels', help: 'A.', registers })],
  ['base unit', (registers) => new Gauge({ name: 'peer_delay_ms', help: 'A.', registers })],
  ['_total', (registers) => new Counter({ name: 'peer_sent_bytes', help: 'A.', registers })],
  ['_total', (registers) => new Gauge({ name: 'peer_channels_total', help: 'A.', registers })],
  ['histogram', (registers) => new Histogram({ name: 'peer_delay', help: 'A.', registers })],
  ['sentence', (registers) => new Gauge({ name: 'peer_channels', help: 'channels', registers })],
])('refuses a metric against the rule of %s', (rule, create) => {
  expect(described((registry) => create([registry])).flatMap(faultsOf)).toEqual([expect.stringContaining(rule)]);
});
