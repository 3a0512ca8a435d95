import fc from 'fast-check';
import type { CachePolicy, Place } from './policy';
import { createPolicy, policyNames, type PolicyName } from './create-policy';

const capacityBytes = 400;
const memoryCapacityBytes = 60;

type Step =
  | {
      readonly kind: 'request' | 'insert' | 'shrink';
      readonly swarm: number;
      readonly segment: number;
      readonly bytes: number;
    }
  | { readonly kind: 'remove'; readonly swarm: number; readonly segment: number }
  | { readonly kind: 'pin'; readonly swarm: number; readonly pinned: boolean }
  | { readonly kind: 'assign'; readonly swarm: number; readonly groups: readonly number[] }
  | { readonly kind: 'limit'; readonly group: number; readonly bytes: number | undefined }
  | { readonly kind: 'resize'; readonly bytes: number };

const swarm = fc.integer({ min: 1, max: 5 });
const segment = fc.oneof(fc.integer({ min: 0, max: 12 }), fc.constant(2 ** 40 + 3));
const bytes = fc.integer({ min: 1, max: 50 });
const group = fc.integer({ min: 1, max: 3 });

const requests = fc.record({ kind: fc.constantFrom('request' as const, 'insert' as const), swarm, segment, bytes });
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 20, arbitrary: requests },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('shrink' as const), swarm, segment, bytes: fc.nat(20) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('remove' as const), swarm, segment }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('pin' as const), swarm, pinned: fc.boolean() }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('assign' as const), swarm, groups: fc.array(group, { maxLength: 3 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('limit' as const),
      group,
      bytes: fc.option(fc.integer({ min: 50, max: 400 }), { nil: undefined }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('resize' as const), bytes: fc.integer({ min: 150, max: 500 }) }),
  },
);

/** What a store would hold that obeys: the model that the policy's own account must equal. */
class Store {
  readonly held = new Map<string, { bytes: number; place: 'disk' | 'memory' }>();
  readonly pinned = new Set<number>();
  readonly groups = new Map<number, readonly number[]>();
  readonly limits = new Map<number, number>();
  capacityBytes = capacityBytes;
  readonly policy: CachePolicy;

  constructor(name: PolicyName, options: { readonly secondSubscriber?: boolean } = {}) {
    this.policy = createPolicy(name, {
      ...{ capacityBytes, memoryCapacityBytes, seed: 7, swarmShareMax: 0.6, ...options },
      listener: {
        evicted: (one, other) => {
          expect(this.held.delete(`${one}/${other}`)).toBe(true);
          expect(this.pinned.has(one)).toBe(false);
        },
        persist: (one, other) => {
          const entry = this.held.get(`${one}/${other}`);
          expect(entry?.place).toBe('memory');
          if (entry !== undefined) entry.place = 'disk';
        },
      },
    });
  }

  run(step: Step): void {
    const { policy } = this;
    switch (step.kind) {
      case 'request':
        expect(policy.access(step.swarm, step.segment, step.bytes)).toBe(this.held.has(keyOf(step)));
        if (!this.held.has(keyOf(step))) this.insert(step);
        break;
      case 'insert':
        this.insert(step);
        break;
      case 'shrink':
        policy.shrink(step.swarm, step.segment, step.bytes);
        this.shrink(step);
        break;
      case 'remove':
        policy.remove(step.swarm, step.segment);
        this.held.delete(keyOf(step));
        break;
      case 'pin':
      case 'assign':
      case 'limit':
      case 'resize':
        this.rule(step);
    }
  }

  private rule(step: Step): void {
    const { policy } = this;
    if (step.kind === 'pin') {
      if (step.pinned) this.pinned.add(step.swarm);
      else this.pinned.delete(step.swarm);
      policy.pin(step.swarm, step.pinned);
    } else if (step.kind === 'assign') {
      this.groups.set(step.swarm, step.groups);
      policy.assign(step.swarm, step.groups);
    } else if (step.kind === 'limit') {
      this.limits.set(step.group, step.bytes ?? Infinity);
      policy.limit(step.group, step.bytes);
    } else if (step.kind === 'resize') {
      this.capacityBytes = step.bytes;
      policy.resize(step.bytes);
    }
  }

  private insert(
    step: Extract<Step, { readonly bytes: number }> & { readonly swarm: number; readonly segment: number },
  ): void {
    const before = this.held.get(keyOf(step));
    const snapshot = JSON.stringify([...this.held]);
    const place: Place = this.policy.insert(step.swarm, step.segment, step.bytes);
    if (place === 'refused') {
      if (before === undefined) expect(JSON.stringify([...this.held])).toBe(snapshot);
      return;
    }
    // What was on disk stays there; what was in memory and is not any more was named.
    if (before !== undefined) expect(before.place).toBe(place);
    this.held.set(keyOf(step), { bytes: step.bytes, place });
  }

  private shrink({ swarm: one, segment: other, bytes: left }: { swarm: number; segment: number; bytes: number }): void {
    const entry = this.held.get(`${one}/${other}`);
    if (left === 0) this.held.delete(`${one}/${other}`);
    else if (entry !== undefined) entry.bytes = Math.min(entry.bytes, left);
  }

  bytesOf(counts: (swarm: number) => boolean): number {
    let sum = 0;
    for (const [key, entry] of this.held) if (counts(Number(key.split('/')[0]))) sum += entry.bytes;
    return sum;
  }

  check(name: PolicyName): void {
    const { policy } = this;
    const all = [...this.held.values()];
    const memory = [...this.held].filter(([, { place }]) => place === 'memory');
    expect(policy.segments).toBe(all.length);
    expect(policy.residentBytes).toBe(all.reduce((sum, entry) => sum + entry.bytes, 0));
    expect(policy.memoryBytes).toBe(memory.reduce((sum, [, entry]) => sum + entry.bytes, 0));
    expect([...policy.spillable()].map((ids) => ids.join('/')).sort()).toEqual(memory.map(([key]) => key).sort());
    expect(policy.memoryBytes).toBeLessThanOrEqual(memoryCapacityBytes);
    expect(policy.residentBytes).toBeLessThanOrEqual(Math.max(this.capacityBytes, policy.pinnedBytes));
    if (name !== 'weir') return;
    expect(policy.pinnedBytes).toBe(this.bytesOf((owner) => this.pinned.has(owner)));
    for (const [number, limitBytes] of this.limits) {
      const inGroup = (owner: number): boolean => this.groups.get(owner)?.includes(number) === true;
      const pinnedBytes = this.bytesOf((owner) => inGroup(owner) && this.pinned.has(owner));
      expect(this.bytesOf(inGroup)).toBeLessThanOrEqual(Math.max(limitBytes, pinnedBytes));
    }
  }
}

function keyOf({ swarm: one, segment: other }: { readonly swarm: number; readonly segment: number }): string {
  return `${one}/${other}`;
}

describe.each(policyNames)('%s', (name) => {
  it('has the account of a store that obeys it, never above its bounds', () => {
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 200 }), fc.boolean(), (steps, secondSubscriber) => {
        const store = new Store(name, { secondSubscriber });
        for (const step of steps) {
          if (name !== 'weir' && (step.kind === 'pin' || step.kind === 'limit' || step.kind === 'assign')) continue;
          store.run(step);
          store.check(name);
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('saved states', () => {
  const held = (store: Store) =>
    [...store.held].flatMap(([key, entry]) => {
      const [one = 0, other = 0] = key.split('/').map(Number);
      return entry.place === 'disk' ? [{ swarm: one, segment: other, bytes: entry.bytes }] : [];
    });

  it('bring order, frequencies and ghosts back: what happens next is the same', () => {
    fc.assert(
      fc.property(fc.array(requests, { minLength: 50, maxLength: 300 }), fc.array(requests), (before, after) => {
        const old = new Store('weir');
        for (const step of before) old.run(step);
        for (const [one, other] of [...old.policy.spillable()]) old.policy.remove(one, other);
        for (const [key, { place }] of old.held) if (place === 'memory') old.held.delete(key);
        const restored = new Store('weir');
        for (const [key, entry] of old.held) restored.held.set(key, { ...entry });
        restored.policy.restore(old.policy.save(), held(old));
        restored.check('weir');
        expect(restored.policy.ghosts).toBeLessThanOrEqual(64);
        expect(Buffer.from(restored.policy.save()).subarray(32)).toEqual(Buffer.from(old.policy.save()).subarray(32));
        for (const step of after) {
          restored.run(step);
          restored.check('weir');
        }
      }),
      { numRuns: 40 },
    );
  });

  it('may be anything', () => {
    const store = new Store('weir');
    for (let number = 0; number < 60; number++) store.run({ kind: 'request', swarm: 1, segment: number, bytes: 10 });
    const saved = store.policy.save();
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 400 }), damaged(saved)), (bytes) => {
        const restored = new Store('weir');
        for (const each of held(store)) restored.held.set(keyOf(each), { bytes: each.bytes, place: 'disk' });
        restored.policy.restore(bytes, held(store));
        restored.check('weir');
      }),
    );
  });

  function damaged(saved: Uint8Array): fc.Arbitrary<Uint8Array> {
    return fc
      .tuple(fc.nat(saved.length - 1), fc.integer({ min: 1, max: 255 }), fc.nat(saved.length))
      .map(([place, flip, end]) => {
        const copy = saved.slice(0, Math.max(end, place + 1));
        copy[place] = (copy[place] ?? 0) ^ flip;
        return copy;
      });
  }
});
