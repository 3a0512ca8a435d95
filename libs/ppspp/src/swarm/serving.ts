import type { Shelf } from '../channel/shelf';
import { limits, type Micros } from '../limits';
import { hashBytes } from '../integrity/hash';
import { extentHeight, subtreeHash } from '../integrity/subtree';
import { extentChunks, type Extent } from './content';
import type { SwarmContext } from './context';
import { Freshness } from './freshness';
import type { Holdings } from './holdings';
import type { Members } from './members';
import { ServeLimit } from './serve-limit';

/** What the shelf shares with its swarm. */
export interface ServingParts {
  readonly holdings: Holdings;
  readonly members: Members;
  readonly context: SwarmContext;
  /** Somebody waits for an extent that is not here. */
  readonly demand: (extent: number) => void;
}

/** What uploaders take chunks and hashes from: checked extents in memory, read from the store when they are needed. */
export class Serving implements Shelf {
  /** Content bytes sent to peers of this swarm, each chunk once a request. */
  servedBytes = 0;
  private readonly freshness = new Freshness();
  private readonly reading = new Set<number>();
  private readonly unchecked = new Map<number, Extent>();

  private readonly limit: ServeLimit;

  constructor(private readonly parts: ServingParts) {
    const { context, holdings } = parts;
    this.limit = new ServeLimit(() => context.stirred(holdings.metadata.swarmId));
  }

  get bound(): ServeLimit | undefined {
    return this.limit.bounded ? this.limit : undefined;
  }

  /** Bytes for each second that may be served to all together, from now on. */
  serveAt(rate: number, now: Micros): void {
    this.limit.limit(rate, now);
  }

  /** Lets those go on whose turn it is to be sent more; when the next ones' is, or undefined. */
  tend(now: Micros): Micros | undefined {
    const turn = new Set(this.limit.turn(now));
    if (turn.size > 0)
      for (const channel of this.parts.members) if (turn.has(channel.uploader)) this.parts.context.touch(channel);
    return this.limit.nextTurn();
  }

  get chunkCount(): number | undefined {
    return this.parts.holdings.chunkCount;
  }

  chunk(chunk: number): Uint8Array | undefined {
    const extent = Math.floor(chunk / extentChunks);
    const cached = this.cached(extent);
    if (cached === undefined) {
      this.need(extent);
      return undefined;
    }
    const size = this.parts.holdings.metadata.chunkSize;
    const from = (chunk - extent * extentChunks) * size;
    return cached.bytes.subarray(from, Math.min(from + size, cached.bytes.length));
  }

  readAhead(extent: number): void {
    if (this.parts.holdings.held.has(extent) && this.cached(extent) === undefined) this.read(extent);
  }

  /** Somebody plays on from an extent, at so many chunks a second: what he will ask for within one is read from the store. */
  readFrom(extent: number, rate: number | undefined): void {
    const count = Math.min(limits.diskAheadMax, Math.ceil((rate ?? 0) / extentChunks));
    for (let ahead = extent; ahead < extent + count; ahead++) this.readAhead(ahead);
  }

  hash(height: number, index: number): Uint8Array | undefined {
    const { tree, integrity } = this.parts.holdings;
    if (integrity === 'none') return undefined;
    if (height >= extentHeight) return tree.at(height, index);
    const perExtent = extentChunks / 2 ** height;
    const extent = Math.floor(index / perExtent);
    const cached = this.cached(extent);
    if (cached === undefined) return tree.at(height, index);
    return subtreeHash(cached.hashes, hashBytes[tree.hash], height, index - extent * perExtent);
  }

  served(chunk: number, bytes: number, isRepeat: boolean): void {
    const { counters } = this.parts.context;
    if (isRepeat) {
      counters.repeatedBytes += bytes;
      return;
    }
    counters.servedBytes += bytes;
    this.servedBytes += bytes;
    if (this.freshness.take(chunk)) counters.missBytes += bytes;
    else counters.hitBytes += bytes;
  }

  /** An extent that was fetched because somebody asked: its first serving is a miss. */
  markFresh(extent: number): void {
    this.freshness.mark(extent, this.parts.holdings.chunksIn(extent));
  }

  /** Puts a checked extent where uploaders find it, and lets those go on who waited for it. */
  shelve(extent: Extent): void {
    const { holdings, context } = this.parts;
    holdings.checked.add({ first: extent.index, last: extent.index });
    context.cache.add(holdings.metadata.swarmId, extent);
    this.wake(extent.index);
  }

  /** A stored extent was read, or proved missing. */
  extentRead(extent: number, read: Extent | undefined): void {
    this.reading.delete(extent);
    if (read === undefined) this.lose(extent);
    else if (this.trusts(extent)) this.shelve(read);
    else {
      const { swarmId, hash, chunkSize } = this.parts.holdings.metadata;
      this.unchecked.set(extent, read);
      this.parts.context.push({ kind: 'check', swarmId, extent, hash, bytes: read.bytes, chunkSize });
    }
  }

  /** Nothing can be checked without a tree. */
  private trusts(extent: number): boolean {
    const { integrity, checked } = this.parts.holdings;
    return integrity === 'none' || checked.has(extent);
  }

  /** The 127 hashes of an extent were computed; false if it is none that was read. */
  extentChecked(extent: number, subtree: Uint8Array): boolean {
    const stored = this.unchecked.get(extent);
    if (stored === undefined) return false;
    this.unchecked.delete(extent);
    this.conclude({ ...stored, hashes: subtree });
    return true;
  }

  /** An extent we had is gone; whoever waits for it makes it demanded. */
  lose(extent: number, damaged = false): void {
    const { holdings, members, context } = this.parts;
    if (damaged) holdings.forget(extent);
    else holdings.drop(extent);
    this.freshness.drop(extent);
    // What it hashes to says nothing of what is fetched in its place.
    this.unchecked.delete(extent);
    context.cache.remove(holdings.metadata.swarmId, extent);
    for (const { uploader, guest } of members) if (!guest && uploader.queue.waitsFor(extent)) return this.need(extent);
  }

  private conclude(extent: Extent): void {
    const { holdings, context } = this.parts;
    const { index } = extent;
    const verdict = holdings.tree.admitExtent(index, extent.hashes, holdings.storedProof);
    if (verdict === 'verified') {
      holdings.learnContentBytes(index, extent.bytes.length);
      this.shelve(extent);
      return;
    }
    const { swarmId } = holdings.metadata;
    context.push({ kind: 'erase', swarmId, extent: index });
    context.counters.extentsCorrupt++;
    context.push({ kind: 'notice', notice: { type: 'extent-corrupt', swarmId, extent: index, verdict } });
    this.lose(index, true);
  }

  private wake(extent: number): void {
    for (const channel of this.parts.members) {
      if (channel.uploader.queue.unpark(extent)) this.parts.context.touch(channel);
    }
  }

  private need(extent: number): void {
    if (this.parts.holdings.held.has(extent)) this.read(extent);
    else this.parts.demand(extent);
  }

  private read(extent: number): void {
    if (this.reading.has(extent) || this.unchecked.has(extent)) return;
    this.reading.add(extent);
    this.parts.context.push({ kind: 'read', swarmId: this.parts.holdings.metadata.swarmId, extent });
  }

  /** What is in memory may outlive an opening of its swarm: the hashes above it are known only once it is checked anew. */
  private cached(extent: number): Extent | undefined {
    if (!this.parts.holdings.checked.has(extent)) return undefined;
    return this.parts.context.cache.find(this.parts.holdings.metadata.swarmId, extent);
  }
}
