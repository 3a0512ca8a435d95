import type { Channel, ChannelSwarm } from '../channel/channel';
import type { Address } from '../endpoint/address';
import type { EndpointCounters } from '../endpoint/counters';
import type { Effect, Want } from '../endpoint/effects';
import type { ExtentCache } from '../endpoint/extent-cache';
import { hashBytes } from '../integrity/hash';
import { extentHeight, subtreeHash } from '../integrity/subtree';
import { limits, type Micros } from '../limits';
import type { DataMessage } from '../wire/message';
import type { ChunkSet } from '../addressing/chunk-set';
import type { Assembly } from './assembly';
import { Candidates } from './candidates';
import { extentChunks, type Extent } from './content';
import { Freshness } from './freshness';
import { Holdings } from './holdings';
import type { SwarmMetadata } from './metadata';
import { Picker } from './picker';
import { judgeChunk, Verification, type Arrival } from './verification';

/** What came from one peer. */
export interface SourceBytes {
  readonly address: Address;
  readonly bytes: number;
}

/** What a swarm shares with the endpoint's other swarms. */
export interface SwarmContext {
  readonly cache: ExtentCache;
  readonly counters: EndpointCounters;
  /** Content larger than this is fetched only where subscribers are about to need it. */
  readonly backgroundBytesMax: number;
  push(effect: Effect): void;
  /** Something is to be sent on, or asked of, this channel. */
  touch(channel: Channel): void;
  /** A peer of the swarm lied. */
  lied(channel: Channel): void;
}

/** One content: what is here, what is wanted, and whom it goes to and comes from. */
export class Swarm implements ChannelSwarm {
  readonly holdings: Holdings;
  readonly candidates = new Candidates();
  readonly channels = new Set<Channel>();
  /** False until the store told what it holds. */
  opened = false;
  peersWantedAt: Micros = Number.NEGATIVE_INFINITY;
  idleSince: Micros | undefined;
  /** Content bytes sent to peers of this swarm, each chunk once a request. */
  servedBytes = 0;
  private readonly picker: Picker;
  private readonly verification = new Verification();
  private readonly freshness = new Freshness();
  private readonly demanded = new Set<number>();
  private readonly reading = new Set<number>();
  private readonly unchecked = new Map<number, Extent>();
  private readonly receivedFrom = new Map<string, SourceBytes>();
  private runs = 0;
  private isSized = false;
  private isDone = false;
  private now: Micros = 0;

  constructor(
    metadata: SwarmMetadata,
    public want: Want,
    private readonly context: SwarmContext,
  ) {
    this.holdings = new Holdings(metadata);
    this.picker = new Picker(this.holdings, () => this.demand());
  }

  get metadata(): SwarmMetadata {
    return this.holdings.metadata;
  }

  get chunkCount(): number | undefined {
    return this.holdings.chunkCount;
  }

  /** True while something is to be fetched. */
  get fetching(): boolean {
    if (!this.opened || this.want === 'none' || this.holdings.complete) return false;
    return this.want === 'all' || this.demanded.size > 0 || this.subscribers().length > 0;
  }

  /** Established channels that we serve. */
  subscribers(): Channel[] {
    return [...this.channels].filter((channel) => channel.serves && channel.phase === 'open');
  }

  /** Channels that we fetch on, established or opening. */
  sources(): Channel[] {
    return [...this.channels].filter((channel) => channel.fetches && channel.phase !== 'closed');
  }

  // The shelf: what uploaders take from.

  chunk(chunk: number): Uint8Array | undefined {
    const extent = Math.floor(chunk / extentChunks);
    const cached = this.context.cache.find(this.metadata.swarmId, extent);
    if (cached === undefined) {
      this.need(extent);
      return undefined;
    }
    const size = this.metadata.chunkSize;
    const from = (chunk - extent * extentChunks) * size;
    return cached.bytes.subarray(from, Math.min(from + size, cached.bytes.length));
  }

  readAhead(extent: number): void {
    if (this.holdings.held.has(extent) && this.context.cache.find(this.metadata.swarmId, extent) === undefined)
      this.read(extent);
  }

  hash(height: number, index: number): Uint8Array | undefined {
    if (height >= extentHeight) return this.holdings.tree.at(height, index);
    const perExtent = extentChunks / 2 ** height;
    const extent = Math.floor(index / perExtent);
    const cached = this.context.cache.find(this.metadata.swarmId, extent);
    if (cached === undefined) return this.holdings.tree.at(height, index);
    return subtreeHash(cached.hashes, hashBytes[this.metadata.hash], height, index - extent * perExtent);
  }

  served(chunk: number, bytes: number, isRepeat: boolean): void {
    const { counters } = this.context;
    if (isRepeat) {
      counters.repeatedBytes += bytes;
      return;
    }
    counters.servedBytes += bytes;
    this.servedBytes += bytes;
    if (this.freshness.take(chunk)) counters.missBytes += bytes;
    else counters.hitBytes += bytes;
  }

  // The source: what downloaders ask for.

  pick(available: ChunkSet, count: number): number[] {
    return this.fetching ? this.picker.pick(available, count) : [];
  }

  release(chunks: readonly number[]): void {
    if (chunks.length === 0) return;
    this.picker.release(chunks);
    this.touchSources();
  }

  arrived(channel: Channel, { range, bytes }: DataMessage, delay: bigint): void {
    const { counters } = this.context;
    const chunk = range.first;
    if (range.last !== chunk) return counters.fault('data-several-chunks');
    if (channel.downloader.acknowledgements.delivered.has(chunk)) {
      // Our ACK was lost, or crossed with the repeat.
      counters.duplicateBytes += bytes.length;
      channel.downloader.acknowledgements.add(chunk, delay);
      return;
    }
    if (!channel.downloader.awaits(chunk)) return counters.fault('data-not-asked');
    if (!this.verification.add({ channel, chunk, bytes, delay })) counters.fault('queue-full');
  }

  // Inputs.

  /** Verifies what arrived since the last call, here or away. */
  settle(now: Micros): void {
    this.now = now;
    const token = ++this.runs;
    const run = this.verification.handOut(token);
    if (run !== undefined) {
      const { swarmId, hash } = this.metadata;
      this.context.push({ kind: 'hash', swarmId, token, hash, chunks: run.map(({ bytes }) => bytes) });
      return;
    }
    for (const arrival of this.verification.takeWaiting()) this.judge(arrival);
  }

  /** Leaf hashes of a run came back. */
  hashed(token: number, leaves: readonly Uint8Array[], now: Micros): void {
    this.now = now;
    this.verification.takeBack(token).forEach((arrival, at) => {
      this.judge(arrival, leaves[at]);
    });
  }

  /** A stored extent was read, or proved missing. */
  extentRead(extent: number, read: Extent | undefined): void {
    this.reading.delete(extent);
    if (read === undefined) {
      this.lose(extent);
      return;
    }
    if (this.holdings.checked.has(extent)) {
      this.shelve(read);
      return;
    }
    this.unchecked.set(extent, read);
    this.check(extent, read.bytes);
  }

  /** An extent's 127 hashes were computed, of a fetched one or of a stored one. */
  extentChecked(extent: number, subtree: Uint8Array): void {
    const stored = this.unchecked.get(extent);
    if (stored !== undefined) {
      this.unchecked.delete(extent);
      this.concludeStored({ ...stored, hashes: subtree });
      return;
    }
    const assembly = this.picker.assembly(extent);
    if (assembly?.phase !== 'checking') return;
    if (this.holdings.tree.admitExtent(extent, subtree) !== 'verified') {
      // Every chunk of it verified: only our own memory can have failed. It is fetched again.
      this.picker.drop(extent);
      this.touchSources();
      return;
    }
    this.write(assembly, subtree);
  }

  /** A fetched extent is stored, or the store refused it. */
  extentWritten(extent: number, stored: boolean): void {
    this.picker.drop(extent);
    this.demanded.delete(extent);
    if (stored) {
      this.context.counters.extentsWritten++;
      this.holdings.hold(extent);
      this.announce(extent);
    } else this.context.cache.remove(this.metadata.swarmId, extent);
    this.wake(extent);
    this.touchSources();
    this.finish();
  }

  /** The store gave an extent up to make room. */
  extentEvicted(extent: number): void {
    this.lose(extent);
  }

  /** Tells a peer what is here. RFC 7574 section 3.2. */
  announceAll(channel: Channel): void {
    if (!channel.serves) return;
    for (const range of this.holdings.runs().slice(0, limits.availabilityRunsMax))
      channel.tell({ type: 'have', range });
  }

  /** Content bytes that each peer sent and that proved right. Bounded: what further peers sent is not told apart. */
  received(): SourceBytes[] {
    return [...this.receivedFrom.values()];
  }

  touchSources(): void {
    for (const channel of this.channels) if (channel.fetches) this.context.touch(channel);
  }

  private judge(arrival: Arrival, leaf?: Uint8Array): void {
    const { channel, chunk, bytes, delay } = arrival;
    const { counters } = this.context;
    if (channel.phase === 'closed') return;
    const verdict = judgeChunk(arrival, this.holdings, leaf);
    if (verdict === 'mismatch') {
      counters.fault('data-wrong');
      this.context.lied(channel);
      return;
    }
    if (verdict === 'incomplete' || !this.holdings.learnChunkSize(chunk, bytes.length))
      return counters.fault('data-unproven');
    channel.downloader.delivered(chunk, bytes.length, this.now);
    channel.downloader.acknowledgements.add(chunk, delay);
    this.noteSource(channel, bytes.length);
    this.context.touch(channel);
    this.candidates.progressed(this.now);
    if (this.picker.has(chunk)) counters.duplicateBytes += bytes.length;
    else this.take(chunk, bytes);
  }

  private noteSource({ key, address }: Channel, more: number): void {
    const { bytes } = this.receivedFrom.get(key) ?? { bytes: 0 };
    if (bytes === 0 && this.receivedFrom.size >= limits.candidatesMax) return;
    this.receivedFrom.set(key, { address, bytes: bytes + more });
  }

  private take(chunk: number, bytes: Uint8Array): void {
    this.context.counters.fetchedBytes += bytes.length;
    this.noteSize();
    const assembly = this.picker.put(chunk, bytes);
    if (assembly === undefined) return;
    assembly.phase = 'checking';
    this.check(assembly.extent, assembly.content);
  }

  private noteSize(): void {
    const { chunkCount } = this;
    if (this.isSized || chunkCount === undefined) return;
    this.isSized = true;
    this.context.push({ kind: 'notice', notice: { type: 'swarm-sized', swarmId: this.metadata.swarmId, chunkCount } });
    this.touchSources();
  }

  private check(extent: number, bytes: Uint8Array): void {
    const { swarmId, hash, chunkSize } = this.metadata;
    this.context.push({ kind: 'check', swarmId, extent, hash, bytes, chunkSize });
  }

  private write(assembly: Assembly, subtree: Uint8Array): void {
    const { extent: index } = assembly;
    this.holdings.learnContentBytes(index, assembly.content.length);
    const record = this.holdings.record();
    if (record === undefined) return;
    assembly.phase = 'writing';
    const extent = { index, bytes: assembly.content, hashes: subtree };
    if (this.want === 'demand') this.freshness.mark(index, this.holdings.chunksIn(index));
    this.context.cache.add(this.metadata.swarmId, extent);
    this.context.push({ kind: 'write', record, extent, blocks: this.holdings.tree.takeDirty() });
  }

  private concludeStored(extent: Extent): void {
    const verdict = this.holdings.tree.admitExtent(extent.index, extent.hashes, this.holdings.storedProof);
    if (verdict === 'verified') {
      this.holdings.checked.add({ first: extent.index, last: extent.index });
      this.shelve(extent);
      return;
    }
    const { swarmId } = this.metadata;
    this.context.counters.extentsCorrupt++;
    this.context.push({ kind: 'erase', swarmId, extent: extent.index });
    this.context.push({ kind: 'notice', notice: { type: 'extent-corrupt', swarmId, extent: extent.index } });
    this.lose(extent.index);
  }

  private shelve(extent: Extent): void {
    this.context.cache.add(this.metadata.swarmId, extent);
    this.wake(extent.index);
  }

  /** Lets those go on who waited for an extent. */
  private wake(extent: number): void {
    for (const channel of this.channels) if (channel.uploader.queue.unpark(extent)) this.context.touch(channel);
  }

  private need(extent: number): void {
    if (this.holdings.held.has(extent)) this.read(extent);
    else if (this.want !== 'none') {
      this.demanded.add(extent);
      this.touchSources();
    }
  }

  private read(extent: number): void {
    if (this.reading.has(extent) || this.unchecked.has(extent)) return;
    this.reading.add(extent);
    this.context.push({ kind: 'read', swarmId: this.metadata.swarmId, extent });
  }

  /** An extent we had is gone; whoever waits for it makes it demanded. */
  private lose(extent: number): void {
    this.isDone = false;
    this.holdings.drop(extent);
    this.freshness.drop(extent);
    this.context.cache.remove(this.metadata.swarmId, extent);
    const isAwaited = [...this.channels].some((channel) => channel.uploader.queue.waitsFor(extent));
    if (isAwaited) this.need(extent);
  }

  private announce(extent: number): void {
    const range = this.holdings.runAround(extent);
    if (range === undefined) return;
    for (const channel of this.subscribers()) {
      if (channel.uploader.known.covers(range)) continue;
      channel.tell({ type: 'have', range });
      this.context.touch(channel);
    }
  }

  private finish(): void {
    const { contentBytes, complete } = this.holdings;
    if (this.isDone || !complete || contentBytes === undefined) return;
    this.isDone = true;
    this.context.push({
      kind: 'notice',
      notice: { type: 'swarm-complete', swarmId: this.metadata.swarmId, contentBytes },
    });
  }

  /** Extents in the order they are needed: asked for, about to be asked for, the rest. */
  private *demand(): Iterable<number> {
    yield* this.demanded;
    const end = this.holdings.extentCount ?? 0;
    if (this.want === 'demand') {
      for (const { uploader } of this.subscribers()) {
        const from = Math.floor((uploader.position ?? uploader.known.nextOut(0)) / extentChunks);
        yield* this.missing(from, Math.min(end, from + limits.demandExtents));
      }
      if ((this.chunkCount ?? 0) * this.metadata.chunkSize > this.context.backgroundBytesMax) return;
    }
    // What was here once and had to leave is fetched again for those who ask for it, not for completeness.
    for (const extent of this.missing(0, end)) if (!this.holdings.everHeld.has(extent)) yield extent;
  }

  private *missing(from: number, end: number): Iterable<number> {
    for (let extent = this.holdings.held.nextOut(from); extent < end; extent = this.holdings.held.nextOut(extent + 1))
      yield extent;
  }
}
