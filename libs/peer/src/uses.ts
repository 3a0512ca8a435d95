import { createHash } from 'node:crypto';
import { subscriberKey } from '@weir/ppspp';
import { segmentExtents, type Use } from '@weir/store';
import type { ContentUse } from './content-store';
import { subscribersKnownMax, usesMax } from './limits';

/**
 * What subscribers asked for since the writer heard of it last: each segment once for each of them. Who they are is a number that
 * depends on a key of this process, the same in all its threads and in those that replace one, and says nothing to anybody else.
 */
export class Uses {
  private readonly noted = new Map<string, Use>();
  private readonly names = new Map<string, number>();

  constructor(private readonly key: Uint8Array) {}

  get size(): number {
    return this.noted.size;
  }

  /** Notes a use; of too many, the latest are forgotten: a flood of requests must not cost memory. */
  note({ swarmId, extent, chunkSize, by: address }: ContentUse): void {
    const by = this.nameOf(subscriberKey(address));
    const segment = Math.floor(extent / segmentExtents(chunkSize));
    const use = `${swarmId}/${String(segment)}/${String(by)}`;
    if (this.noted.size < usesMax && !this.noted.has(use))
      this.noted.set(use, { swarmId, index: extent, by, chunkSize });
  }

  /** Takes what was noted, in the order of its coming. */
  drain(): Use[] {
    const uses = [...this.noted.values()];
    this.noted.clear();
    return uses;
  }

  /** From 1 on: 0 is nobody. */
  private nameOf(subscriber: string): number {
    const known = this.names.get(subscriber);
    if (known !== undefined) return known;
    if (this.names.size >= subscribersKnownMax) this.names.clear();
    const name = Math.max(1, createHash('sha256').update(this.key).update(subscriber).digest().readUInt32BE(0));
    this.names.set(subscriber, name);
    return name;
  }
}
