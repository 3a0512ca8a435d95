import { Purse } from '../budget/purse';
import { Toll } from '../budget/toll';
import type { Channel } from '../channel/channel';
import type { Downloader } from '../channel/downloader';
import { limits, type Micros } from '../limits';
import type { DataMessage } from '../wire/message';
import type { Assembly } from './assembly';
import type { Candidates } from './candidates';
import { extentChunks, type Extent } from './content';
import type { SwarmContext } from './context';
import type { Holdings } from './holdings';
import type { Members } from './members';
import type { Demand } from './demand';
import { Picker } from './picker';
import { Rescue } from './rescue';
import { type SourceBytes, Sources } from './sources';
import { Stranded } from './stranded';
import { judgeChunk, Verification, type Arrival } from './verification';

/** What an extent carries where no tree protects the content. */
const noHashes = new Uint8Array(0);

/** What fetching shares with its swarm. */
export interface IntakeParts {
  readonly holdings: Holdings;
  readonly members: Members;
  readonly candidates: Candidates;
  readonly context: SwarmContext;
  readonly demand: Demand;
  /** The number of chunks is beyond doubt. */
  readonly certain: () => void;
  /** An extent is complete, and checked as a whole. */
  readonly completed: (extent: Extent) => void;
}

/** What comes from peers: chosen, verified chunk by chunk, put together to extents. */
export class Intake {
  /** What fetching here is bounded by, beside the budget of all. */
  readonly toll = new Toll((now) => this.resume(now));
  private readonly picker: Picker;
  private readonly rescue: Rescue<Channel>;
  private readonly verification = new Verification();
  private readonly stranded = new Stranded();
  /** Content bytes that came and proved right. */
  fetchedBytes = 0;
  private readonly sources = new Sources();
  private runs = 0;
  private notedCount: number | undefined;
  private isCertain = false;
  private now: Micros = 0;
  /** When a chunk came last, and since when something has had to wait for the link's sake. */
  private tookAt: Micros = Number.NEGATIVE_INFINITY;
  private deferredSince: Micros | undefined;

  constructor(private readonly parts: IntakeParts) {
    this.picker = new Picker(parts.holdings, parts.demand);
    this.rescue = new Rescue(parts.members, (channel) => parts.context.touch(channel));
  }

  /** The size is what the store says: nobody need be told. */
  adopted(): void {
    const { chunkCount, tree } = this.parts.holdings;
    this.notedCount = chunkCount;
    this.isCertain = chunkCount !== undefined && !tree.doubtful;
  }

  /** What a peer is asked for next: what nobody was asked for, or what another will send much later, if at all. */
  pick(asker: Downloader, count: number, now: Micros): number[] {
    const { demand } = this.parts;
    const { available } = asker;
    const isLate = this.rescue.isLate(asker, now);
    const skips = (chunk: number): boolean => this.rescue.skips(asker, chunk);
    const purse = this.purseFor(asker, now);
    const urgent = demand.pressing && !isLate ? this.takeOverPressed(asker, count, purse, now) : [];
    if (urgent.length >= count) return urgent;
    const picked = [...urgent, ...this.picker.pick({ available, isLate, skips, purse }, count - urgent.length)];
    this.noteDeferral(purse, now);
    if (picked.length > 0 || asker.outstanding > 0) return picked;
    const taken = this.rescue.takeOver(asker, { count: purse?.room('ahead', count) ?? count }, now);
    purse?.spend('ahead', taken.length);
    return taken;
  }

  /** True if nothing has come for long, since what subscribers need has to wait for the link's sake. */
  isDeprived(now: Micros): boolean {
    if (this.deferredSince === undefined || !this.parts.context.throttle.presses(this.toll)) return false;
    return now - Math.max(this.deferredSince, this.tookAt) >= limits.starvation;
  }

  release(chunks: readonly number[]): void {
    if (chunks.length === 0) return;
    this.picker.release(chunks);
    this.touchSources();
  }

  /** A DATA message. RFC 7574 section 8.6. */
  arrived(channel: Channel, { range, bytes }: DataMessage, delay: bigint): void {
    const { counters } = this.parts.context;
    const chunk = range.first;
    if (range.last !== chunk) return counters.fault('data-several-chunks');
    // Our ACK was lost, or another peer was faster: nobody need send it once more, though its proof may be forgotten here.
    const isHere = channel.downloader.acknowledgements.delivered.has(chunk) || this.picker.has(chunk);
    if (isHere) return this.duplicate(channel, chunk, bytes.length, delay);
    if (!channel.downloader.requests.has(chunk)) return counters.fault('data-not-asked');
    if (!this.verification.add({ channel, chunk, bytes, delay })) counters.fault('queue-full');
  }

  /** Verifies what arrived since the last call, here or away. */
  settle(now: Micros): void {
    this.now = now;
    if (this.parts.holdings.integrity === 'merkle') this.handOut();
    for (const arrival of this.verification.takeWaiting()) this.judge(arrival);
    this.judgeStranded();
    this.noteSize();
  }

  /** Leaf hashes of a run came back; what is missing among them is computed here. */
  hashed(token: number, leaves: readonly Uint8Array[], now: Micros): void {
    this.now = now;
    this.verification.takeBack(token).forEach((arrival, at) => {
      this.judge(arrival, leaves[at]);
    });
    this.judgeStranded();
    this.noteSize();
  }

  /** The 127 hashes of a complete extent were computed. */
  extentChecked(index: number, subtree: Uint8Array): void {
    const assembly = this.picker.assembly(index);
    if (assembly?.phase !== 'checking') return;
    if (this.parts.holdings.tree.admitExtent(index, subtree) !== 'verified') {
      // Every chunk of it verified: only our own memory can have failed. It is fetched again.
      this.drop(index);
      return;
    }
    assembly.phase = 'writing';
    this.parts.completed({ index, bytes: assembly.content, hashes: subtree });
  }

  /** True for an extent of which all chunks are here, and that is not stored yet. */
  isComplete(extent: number): boolean {
    return this.picker.assembly(extent)?.complete === true;
  }

  /** Forgets an extent that is stored, or has to be begun anew. */
  drop(extent: number): void {
    this.picker.drop(extent);
    this.touchSources();
  }

  /** Content bytes that each peer sent and that proved right. */
  received(): SourceBytes[] {
    return this.sources.list();
  }

  touchSources(): void {
    for (const channel of this.parts.members.sources()) this.parts.context.touch(channel);
  }

  private noteDeferral(purse: Purse | undefined, now: Micros): void {
    const isDeferred = purse?.hasDeferred === true;
    // Who has to wait for the link's sake is not to blame that nothing comes.
    if (isDeferred) this.parts.candidates.progressed(now);
    this.deferredSince = isDeferred ? (this.deferredSince ?? now) : undefined;
  }

  private resume(now: Micros): void {
    if (this.isDeprived(now)) this.parts.context.stirred(this.parts.holdings.metadata.swarmId);
    this.touchSources();
  }

  /** Leaf hashes of many chunks are computed elsewhere. */
  private handOut(): void {
    const token = ++this.runs;
    const run = this.verification.handOut(token);
    if (run === undefined) return;
    const { swarmId, hash } = this.parts.holdings.metadata;
    this.parts.context.push({ kind: 'hash', swarmId, token, hash, chunks: run.map(({ bytes }) => bytes) });
  }

  private takeOverPressed(asker: Downloader, count: number, purse: Purse | undefined, now: Micros): number[] {
    const of = (chunk: number): boolean => this.parts.demand.presses(Math.floor(chunk / extentChunks));
    const room = purse?.room('demand', count) ?? count;
    const taken = room > 0 ? this.rescue.takeOver(asker, { count: room, of }, now) : [];
    purse?.spend('demand', taken.length);
    return taken;
  }

  /** Undefined where nothing bounds what is asked for. */
  private purseFor({ peer }: Downloader, now: Micros): Purse | undefined {
    const { throttle } = this.parts.context;
    if (!throttle.bounds(this.toll)) return undefined;
    return new Purse(throttle, { toll: this.toll, peer, chunkCost: this.chunkCost }, now);
  }

  /** Bytes that a chunk takes on the link: with its headers, and with the one hash that each chunk needs on the whole. */
  private get chunkCost(): number {
    const { metadata, dialect } = this.parts.holdings;
    return metadata.chunkSize + limits.chunkOverhead + dialect.hashBytes;
  }

  private judge(arrival: Arrival, leaf?: Uint8Array): void {
    const { channel } = arrival;
    if (channel.closed) return;
    const { holdings, context } = this.parts;
    const before = holdings.tree.hashed;
    const verdict = judgeChunk(arrival, holdings, leaf);
    if (verdict === 'incomplete' && !channel.downloader.hashes.spend(holdings.tree.hashed - before + 1)) {
      context.counters.fault('hash-budget');
      channel.end('unproven');
    } else if (verdict === 'mismatch') {
      context.counters.fault('data-wrong');
      context.lied(channel);
    } else if (verdict === 'incomplete' && this.stranded.hold(arrival, holdings.tree)) {
      return;
    } else if (verdict === 'incomplete' || !holdings.learnChunkSize(arrival.chunk, arrival.bytes.length)) {
      context.counters.fault('data-unproven');
      if (channel.downloader.unproven(arrival.chunk)) channel.end('unproven');
    } else this.accept(arrival);
    context.touch(channel);
  }

  /** What came before its proof, each as soon as that is here; one of them may be what others wait for. */
  private judgeStranded(): void {
    const { tree } = this.parts.holdings;
    for (let ready = this.stranded.take(tree); ready.length > 0; ready = this.stranded.take(tree))
      for (const arrival of ready) this.judge(arrival);
  }

  private accept({ channel, chunk, bytes, delay }: Arrival): void {
    const { holdings, context, candidates } = this.parts;
    const { downloader } = channel;
    if (downloader.receivedBytes === 0 && !downloader.proofs.agreesWith(holdings.tree)) {
      context.counters.fault('hash-wrong');
      return context.lied(channel);
    }
    downloader.hashes.earn();
    downloader.delivered(chunk, bytes.length, this.now);
    downloader.acknowledgements.add(chunk, delay);
    candidates.progressed(this.now);
    if (this.picker.has(chunk)) context.counters.duplicateBytes += bytes.length;
    else this.take(channel, chunk, bytes);
  }

  private duplicate({ downloader }: Channel, chunk: number, bytes: number, delay: bigint): void {
    const { counters, throttle } = this.parts.context;
    counters.duplicateBytes += bytes;
    // It took room on the link that nobody had asked for.
    throttle.spend({ toll: this.toll, peer: downloader.peer, urgency: 'ahead' }, bytes, this.now);
    downloader.settled(chunk, this.now);
    downloader.acknowledgements.add(chunk, delay);
  }

  private take(from: Channel, chunk: number, bytes: Uint8Array): void {
    this.parts.context.counters.fetchedBytes += bytes.length;
    this.fetchedBytes += bytes.length;
    this.tookAt = this.now;
    this.sources.note(from, bytes.length);
    for (const channel of this.parts.members.sources())
      if (channel !== from && channel.downloader.cancel(chunk, this.now)) this.parts.context.touch(channel);
    const assembly = this.picker.put(chunk, bytes);
    if (assembly !== undefined) this.check(assembly);
  }

  private check(assembly: Assembly): void {
    const { swarmId, hash, chunkSize } = this.parts.holdings.metadata;
    const { extent, content: bytes } = assembly;
    switch (this.parts.holdings.integrity) {
      case 'merkle':
        assembly.phase = 'checking';
        return this.parts.context.push({ kind: 'check', swarmId, extent, hash, bytes, chunkSize });
      case 'none':
        assembly.phase = 'writing';
        return this.parts.completed({ index: extent, bytes, hashes: noHashes });
    }
  }

  /** Tells the number of chunks when it is proven, and when real peaks correct it. */
  private noteSize(): void {
    const { chunkCount, metadata, tree } = this.parts.holdings;
    if (chunkCount === undefined) return;
    if (!this.isCertain && !tree.doubtful) {
      this.isCertain = true;
      this.parts.certain();
    }
    if (chunkCount === this.notedCount) return;
    if (this.notedCount !== undefined) this.picker.resize();
    this.notedCount = chunkCount;
    this.parts.context.push({ kind: 'notice', notice: { type: 'swarm-sized', swarmId: metadata.swarmId, chunkCount } });
    this.touchSources();
  }
}
