import * as fc from 'fast-check';
import type { CacheListener, CachePolicy, Place } from '../policy';
import { PolicyReplay } from './replay';
import { SegmentBytes } from './segment-bytes';
import { blockOf } from './simulation.testing';

const ignored = () => undefined;

/** What of a policy a replay does not ask for. */
const idle = {
  residentBytes: 0,
  memoryBytes: 0,
  pinnedBytes: 0,
  ghosts: 0,
  probationShare: 0,
  shrink: ignored,
  remove: ignored,
  resize: ignored,
  limit: ignored,
  assign: ignored,
  pin: ignored,
  spillable: () => [],
  save: () => new Uint8Array(0),
  restore: ignored,
};

/** A policy that does as it is told, and remembers what it was asked. */
function scripted(places: readonly Place[]) {
  const asked: unknown[] = [];
  let told: CacheListener | undefined;
  const resident = new Set<number>();
  const left = [...places];
  const policy: CachePolicy = {
    ...idle,
    segments: 3,
    stateBytes: 120,
    access: (...args) => {
      asked.push(args);
      return resident.has(args[1]);
    },
    insert: (...args) => {
      asked.push(args);
      const place = left.shift() ?? 'refused';
      if (place !== 'refused') resident.add(args[1]);
      return place;
    },
  };
  return {
    asked,
    tell: () => told,
    create: (listener: CacheListener): CachePolicy => {
      told = listener;
      return policy;
    },
  };
}

const bytes = Uint32Array.of(100, 10, 5);
const objects = { bytes, swarms: Float64Array.of(0, 9, 0), segments: Uint32Array.of(0, 1, 2) };

it('asks, inserts what is not there, and counts', () => {
  const { create, asked, tell } = scripted(['disk', 'memory', 'refused']);
  const replay = new PolicyReplay(create, objects);
  replay.run(blockOf([0, 1, 2, 0, 2], bytes, 7), 0, 5);
  expect(asked.slice(0, 4)).toEqual([
    [0, 0, 7],
    [0, 0, 100],
    [9, 1, 7],
    [9, 1, 10],
  ]);
  expect(replay.tally).toMatchObject({ requests: 5, hits: 1, requestedBytes: 220, hitBytes: 100, writtenBytes: 100 });
  tell()?.persist(9, 1);
  expect(replay.tally.writtenBytes).toBe(110);
  expect(replay.tally.writeRatio).toBe(0.5);
  expect(replay).toMatchObject({ segments: 3, stateBytes: 120 });
});

it('counts what was asked for, and holds the object as a whole', () => {
  const { create, asked } = scripted(['disk']);
  const block = blockOf([0, 0], Uint32Array.of(40));
  const replay = new PolicyReplay(create, { bytes, swarms: Float64Array.of(77), segments: Uint32Array.of(4) });
  replay.run(block, 0, 2);
  expect(asked[1]).toEqual([77, 4, 100]);
  expect(replay.tally).toMatchObject({ requestedBytes: 80, hitBytes: 40, writtenBytes: 100 });
});

it('begins to count anew', () => {
  const { create } = scripted(['disk']);
  const replay = new PolicyReplay(create, objects);
  const block = blockOf([0, 0], bytes);
  replay.run(block, 0, 1);
  expect(replay.tally.byteHitRatio).toBe(0);
  replay.tally.reset();
  expect(replay.tally.requestHitRatio).toBe(0);
  replay.run(block, 1, 2);
  expect(replay.tally).toMatchObject({ requests: 1, byteHitRatio: 1, requestHitRatio: 1, writeRatio: 0 });
});

it('knows the bytes of every segment, where they differ and where they do not', () => {
  const name = fc.record({ swarm: fc.integer({ min: 0, max: 2 ** 52 - 1 }), segment: fc.nat(20) });
  const names = fc.uniqueArray(name, { selector: ({ swarm, segment }) => `${swarm}/${segment}`, minLength: 1 });
  fc.assert(
    fc.property(names, fc.integer({ min: 1, max: 5 }), (list, sizes) => {
      const found = new SegmentBytes({
        bytes: Uint32Array.from(list, (_, at) => 1 + (at % sizes)),
        swarms: Float64Array.from(list, ({ swarm }) => swarm),
        segments: Uint32Array.from(list, ({ segment }) => segment),
      });
      for (const [at, { swarm, segment }] of list.entries()) expect(found.of(swarm, segment)).toBe(1 + (at % sizes));
    }),
  );
});
