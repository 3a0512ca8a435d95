/** Segments of a swarm that is held, as the policy counts them. */
import type { HeldSegment } from '@weir/policy';
import { extentChunks } from '@weir/ppspp';
import { extentFootprint } from './footprint';
import type { LedgerSwarm } from './ledger';

/** The segment that an extent is in. */
export function segmentOf(swarm: LedgerSwarm, index: number): number {
  return Math.floor(index / swarm.segmentExtents);
}

/** The extents of a segment that are held, ascending. */
export function extentsOf(swarm: LedgerSwarm, segment: number): number[] {
  const first = segment * swarm.segmentExtents;
  const indexes = swarm.disk.of(first, swarm.segmentExtents);
  return swarm.memory.size === 0 ? indexes : [...indexes, ...inMemory(swarm, segment)].sort((a, b) => a - b);
}

/** Those of them that are in memory alone. */
export function inMemory({ memory, segmentExtents }: LedgerSwarm, segment: number): number[] {
  const first = segment * segmentExtents;
  return Array.from({ length: segmentExtents }, (_, at) => first + at).filter((index) => memory.has(index));
}

/** Bytes of what is held of a segment, as on disk. */
export function bytesOf(swarm: LedgerSwarm, segment: number): number {
  return bytesOnDisk(swarm, segment) + memoryBytesOf(swarm, segment);
}

/** Bytes that what is in memory alone of a segment would take on disk. */
export function memoryBytesOf(swarm: LedgerSwarm, segment: number): number {
  return bytesOfAll(swarm, inMemory(swarm, segment));
}

/** Every segment of which something is held. */
export function* segmentsOf(swarm: LedgerSwarm): Iterable<number> {
  const found = new Set<number>();
  for (const index of swarm.memory.keys()) found.add(segmentOf(swarm, index));
  yield* found;
  for (const segment of swarm.disk.runs(swarm.segmentExtents)) if (!found.has(segment)) yield segment;
}

/** What is on disk of swarms, segment by segment. */
export function* segmentsOnDisk(swarms: Iterable<LedgerSwarm>): Iterable<HeldSegment> {
  for (const swarm of swarms) {
    for (const segment of swarm.disk.runs(swarm.segmentExtents))
      yield { swarm: swarm.key, segment, bytes: bytesOnDisk(swarm, segment) };
  }
}

/** All extents but a content's last are of one size. */
function bytesOnDisk({ disk, record, segmentExtents }: LedgerSwarm, segment: number): number {
  const first = segment * segmentExtents;
  const bytes = disk.countOf(first, segmentExtents) * extentFootprint(record, first);
  const last = Math.ceil(record.chunkCount / extentChunks) - 1;
  const hasLast = last > first && last < first + segmentExtents && disk.has(last);
  return hasLast ? bytes - extentFootprint(record, first) + extentFootprint(record, last) : bytes;
}

function bytesOfAll({ record }: LedgerSwarm, indexes: readonly number[]): number {
  return indexes.reduce((sum, index) => sum + extentFootprint(record, index), 0);
}
