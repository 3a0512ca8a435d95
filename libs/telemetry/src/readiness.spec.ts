import { Registry } from 'prom-client';
import { createReadinessMetrics, ReadinessRegistry } from './readiness';

const registry = new Registry();
let readiness: ReadinessRegistry;

beforeEach(() => {
  registry.clear();
  readiness = new ReadinessRegistry(createReadinessMetrics(registry));
});

const waiting = { ready: false, reason: 'not open yet', remedy: 'wait' } as const;

it('is ready once every declared condition holds', () => {
  expect(readiness.ready()).toBe(true);
  readiness.declare({ name: 'store', ...waiting });
  readiness.declare({ name: 'peer', ready: true });
  expect(readiness.ready()).toBe(false);
  readiness.declare({ name: 'store', ready: true });
  expect(readiness.ready()).toBe(true);
});

it('says of each condition what is wrong and what to do', () => {
  readiness.declare({ name: 'store', ...waiting });
  readiness.declare({ name: 'peer', ready: true });
  expect(readiness.conditions()).toEqual([
    { name: 'store', ready: false, reason: 'not open yet', remedy: 'wait' },
    { name: 'peer', ready: true },
  ]);
});

it('shows the conditions to alerts', async () => {
  readiness.declare({ name: 'store', ...waiting });
  readiness.declare({ name: 'peer', ready: true });
  const page = await registry.metrics();
  expect(page).toContain('weir_condition_ready{condition="store"} 0');
  expect(page).toContain('weir_condition_ready{condition="peer"} 1');
});

it('refuses names that look made up at run time', () => {
  for (let number = 0; number < 64; number++) readiness.declare({ name: `condition ${number}`, ready: true });
  expect(() => readiness.declare({ name: 'one more', ready: true })).toThrow('fixed names');
  expect(() => readiness.declare({ name: 'condition 0', ...waiting })).not.toThrow();
});
