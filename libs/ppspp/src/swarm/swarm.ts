import type { SwarmLimits, Toll } from '../budget/toll';
import type { Channel, ChannelSwarm } from '../channel/channel';
import type { Downloader } from '../channel/downloader';
import type { OpenedContent, Want } from '../endpoint/effects';
import { Exchange } from '../exchange/exchange';
import { limits, type Micros } from '../limits';
import type { DataMessage, ExchangeMessage } from '../wire/message';
import { Announcer } from './announcer';
import { Candidates } from './candidates';
import { Completion } from './completion';
import { extentChunks, type Extent } from './content';
import type { SwarmContext } from './context';
import { Demand } from './demand';
import { Guests } from './guests';
import { Holdings } from './holdings';
import { Intake } from './intake';
import { Members } from './members';
import type { SwarmMetadata } from './metadata';
import { Serving } from './serving';
import type { SourceBytes } from './sources';
import { Storing } from './storing';

const never = Number.POSITIVE_INFINITY;

/** One content: what is here, what is wanted, and whom it goes to and comes from. */
export class Swarm implements ChannelSwarm {
  readonly holdings: Holdings;
  readonly candidates: Candidates;
  readonly members = new Members();
  readonly exchange: Exchange;
  readonly shelf: Serving;
  readonly guests: Guests;
  /** False until the store told what it holds. */
  opened = false;
  /** Peers outside are to be there, though nothing is asked of them yet. */
  awaited = false;
  peersWantedAt: Micros = Number.NEGATIVE_INFINITY;
  idleSince: Micros | undefined;
  private readonly demand: Demand;
  private readonly intake: Intake;
  private readonly announcer: Announcer<Channel>;
  private readonly completion: Completion;
  private readonly storing: Storing;

  constructor(
    metadata: SwarmMetadata,
    public want: Want,
    private readonly context: SwarmContext,
  ) {
    this.holdings = new Holdings(metadata);
    this.candidates = new Candidates(context.preference);
    this.guests = new Guests(context.counters);
    this.completion = new Completion(this.holdings, (effect) => context.push(effect));
    const { holdings, members, candidates } = this;
    const { backgroundBytesMax, readAhead } = context;
    this.exchange = new Exchange({ swarmId: metadata.swarmId, members, candidates, context });
    const touch = (channel: Channel): void => context.touch(channel);
    const wants = (): Want => this.want;
    this.demand = new Demand({
      holdings,
      members,
      want: wants,
      backgroundBytesMax,
      readAhead,
      random: context.random(),
    });
    this.announcer = new Announcer(holdings, members, touch);
    this.shelf = new Serving({ holdings, members, context, demand: (extent) => this.require(extent) });
    const { demand, shelf: serving, announcer, completion } = this;
    const storing = new Storing({ holdings, context, demand, serving, announcer, completion, want: wants });
    this.storing = storing;
    const certain = (): void => announcer.announceHeldBack();
    const completed = (extent: Extent): void => storing.write(extent);
    this.intake = new Intake({ holdings, members, candidates, context, demand, certain, completed });
  }

  get metadata(): SwarmMetadata {
    return this.holdings.metadata;
  }

  get chunkCount(): number | undefined {
    return this.holdings.chunkCount;
  }

  /** What fetching is bounded by, beside the budget of all. */
  get toll(): Toll {
    return this.intake.toll;
  }

  /** True while something is wanted that has to wait for the link's sake. */
  get deferred(): boolean {
    return this.context.throttle.defers(this.toll);
  }

  /** True if nothing has come for long, since what subscribers need has to wait for the link's sake. */
  isDeprived(now: Micros): boolean {
    return this.intake.isDeprived(now);
  }

  /** Content bytes sent to peers of this swarm, each chunk once a request. */
  get servedBytes(): number {
    return this.shelf.servedBytes;
  }

  /** Content bytes that were fetched and verified. */
  get fetchedBytes(): number {
    return this.intake.fetchedBytes;
  }

  /** True while peers to fetch from are of use. */
  get fetching(): boolean {
    if (!this.opened || this.want === 'none' || this.holdings.complete) return false;
    if (this.want === 'all' && (this.chunkCount === undefined || this.demand.any)) return true;
    return this.demand.pressing || this.members.hasSubscribers;
  }

  /** True while something is to be fetched. */
  get wanting(): boolean {
    return this.fetching && (this.chunkCount === undefined || this.demand.any);
  }

  get doubtful(): boolean {
    return this.fetching && this.holdings.tree.doubtful;
  }

  /** Established channels to subscribers. */
  subscribers(): Channel[] {
    return [...this.members.subscribers()];
  }

  /** Channels that we fetch on, established or opening. */
  sources(): Channel[] {
    return [...this.members.sources()];
  }

  /** Content bytes that each peer sent and that proved right. */
  received(): SourceBytes[] {
    return this.intake.received();
  }

  // What channels take and give.

  pick(asker: Downloader, count: number, now: Micros): number[] {
    return this.fetching ? this.intake.pick(asker, count, now) : [];
  }

  hampered(): void {
    this.stir();
  }

  release(chunks: readonly number[]): void {
    this.intake.release(chunks);
  }

  arrived(channel: Channel, message: DataMessage, delay: bigint): void {
    this.intake.arrived(channel, message, delay);
  }

  contradicted(channel: Channel): void {
    this.context.counters.fault('hash-wrong');
    this.context.lied(channel);
  }

  admits(channel: Channel, now: Micros): boolean {
    return this.context.admits(channel, now);
  }

  asked(channel: Channel): void {
    const { uploader } = channel;
    const extent = Math.floor((uploader.position ?? 0) / extentChunks);
    // Where it goes on it finds all that it was told of; else more may have to be fetched.
    if (!uploader.announced.has(extent)) this.stirredBy(channel);
  }

  used({ guest, address: by, uploader }: Channel, extent: number): void {
    if (guest) return;
    const { swarmId, chunkSize } = this.metadata;
    this.context.push({ kind: 'used', swarmId, extent, chunkSize, by });
    this.shelf.readFrom(extent + 1, uploader.playback?.rate);
  }

  exchanged(channel: Channel, message: ExchangeMessage, now: Micros): void {
    this.exchange.heard(channel, message, now);
  }

  /** As long as more peers would be of use. */
  seeksPeers(channel: Channel, now: Micros): boolean {
    if (!this.wanting || this.sources().length >= limits.fetchPeersMax) return false;
    return this.exchange.seeks(channel, now);
  }

  idled(channel: Channel, now: Micros): void {
    this.announcer.remind(channel, now);
    this.stirredBy(channel);
  }

  // Inputs.

  /** What may be fetched and served from now on. */
  limit(limits: SwarmLimits, now: Micros): void {
    this.toll.limit(limits, now);
    this.shelf.serveAt(limits.serveRate ?? never, now);
    this.intake.touchSources();
  }

  /** The store told what it holds; or, told before, what else. */
  open(content: OpenedContent | undefined, trusted: boolean): void {
    if (this.opened) return this.storing.found(content, this.intake);
    if (content !== undefined) {
      if (trusted) this.holdings.adoptTrusted(content);
      else this.holdings.adopt(content);
    }
    this.intake.adopted();
    this.opened = true;
    if (this.want === 'all') this.completion.gained();
    this.stir();
  }

  /** Verifies what arrived since the last call. */
  settle(now: Micros): void {
    this.demand.turn(now);
    this.intake.settle(now);
    this.announcer.tend(now);
  }

  /** Tells what it is time to tell: what has come, and whom we ask for peers; when it will be again, or undefined. */
  announce(now: Micros): Micros | undefined {
    const { announcer, exchange, shelf } = this;
    const at = Math.min(announcer.tend(now) ?? never, exchange.tend(now) ?? never, shelf.tend(now) ?? never);
    return at === never ? undefined : at;
  }

  /** Leaf hashes of a run came back. */
  hashed(token: number, leaves: readonly Uint8Array[], now: Micros): void {
    this.intake.hashed(token, leaves, now);
  }

  /** A stored extent was read, or proved missing. */
  extentRead(extent: number, read: Extent | undefined): void {
    this.shelf.extentRead(extent, read);
    this.completion.lost();
  }

  /** An extent's 127 hashes were computed, of a fetched one or of a stored one. */
  extentChecked(extent: number, subtree: Uint8Array): void {
    if (!this.shelf.extentChecked(extent, subtree)) this.intake.extentChecked(extent, subtree);
    this.completion.lost();
  }

  /** A fetched extent is stored, or refused by the store. */
  extentWritten(extent: number, stored: boolean): void {
    this.storing.written(extent, stored, this.intake);
  }

  /** The store gave an extent up: to make room, or because it was damaged. */
  extentEvicted(extent: number, damaged = false): void {
    this.shelf.lose(extent, damaged);
    this.completion.lost();
    if (damaged) this.stir();
  }

  /** A channel is established: its peer learns what is here. */
  established(channel: Channel, now: Micros): void {
    this.announcer.announceAll(channel, now);
    this.exchange.established(channel, now);
    // A new subscriber may change what is asked of everybody; a new source only what is asked of itself.
    if (this.want === 'demand') return this.stir();
    this.demand.outdate();
    this.context.stirred(this.metadata.swarmId);
    this.context.touch(channel);
  }

  /** A channel ended. */
  buried(channel: Channel): void {
    this.members.delete(channel);
    this.context.stirred(this.metadata.swarmId);
  }

  /** What is wanted changed: sources are to be asked, and peers may be needed. */
  stir(): void {
    this.demand.outdate();
    this.rouse();
  }

  /** As `stir`, where it is one subscriber that wants something else: many of them do so all the time. */
  private stirredBy(channel: Channel): void {
    if (channel.guest || this.want === 'none' || this.holdings.complete) return;
    this.demand.include(channel);
    this.rouse();
  }

  private rouse(): void {
    this.context.stirred(this.metadata.swarmId);
    this.intake.touchSources();
  }

  private require(extent: number): void {
    if (this.want !== 'none' && this.demand.add(extent)) this.stir();
  }
}
