import { randomInt } from 'node:crypto';
import { type CacheListener, type CachePolicy, WeirPolicy } from '@weir/policy';
import type { Extent, HashBlock, SwarmId, SwarmRecord } from '@weir/ppspp';
import type { DiskRoom } from './disk-room';
import { extentFootprint, recordFootprint } from './footprint';
import { bytesOf, extentsOf, memoryBytesOf, segmentOf, segmentsOf, segmentsOnDisk } from './held-segments';
import { type LedgerSwarm, holdsExtent } from './ledger';
import { Passes } from './passes';
import { segmentExtents, segmentFootprint, usualChunkSize } from './segments';
import type { Shelf } from './shelf';
import type { ExtentRef, RefusalReason, StoreTotals, Use } from './store';

/** How the store judges what to keep. */
export interface Judgement {
  /** Key of the policy's hashes, 32 bits. */
  readonly seed: number;
  /** Share of the capacity that one swarm may hold, unless it is pinned. */
  readonly swarmShareMax: number;
  /** True: only a second subscriber's request proves that something is wanted. */
  readonly secondSubscriber: boolean;
}

/** How it judges if nobody says otherwise. The key is drawn, so that no publisher knows whose segments share a place. */
export const judgementDefaults: Judgement = {
  seed: randomInt(2 ** 32),
  swarmShareMax: 0.25,
  secondSubscriber: false,
};

/** One pass of a subscriber over a segment, as the policy heard of it. */
export interface SegmentUse {
  readonly key: number;
  readonly segment: number;
  /** What the whole segment takes on disk. */
  readonly bytes: number;
  readonly by: number;
  /** Unix seconds. */
  readonly now: number;
}

interface KeeperOptions extends Judgement {
  readonly capacityBytes: number;
  readonly memoryCapacityBytes: number;
  /** Hears of each use. */
  readonly onUse?: ((use: SegmentUse) => void) | undefined;
}

/** A segment by the policy's names: key of its swarm, number. */
export type PolicySegment = readonly [key: number, segment: number];

/** The shelf in the hands of the policy: what comes is put where it says, and what it names leaves. All within the caller's transaction. */
export class Keeper implements CacheListener {
  readonly policy: CachePolicy;
  private readonly counted = { persistedExtents: 0, heldUses: 0, missedUses: 0 };
  private readonly passes = new Passes();
  /** What left to make room, until `drain`. */
  private readonly gone: ExtentRef[] = [];
  /** What the policy does not know yet has left: it must not be told while it is asking. */
  private readonly lost: (readonly [LedgerSwarm, number])[] = [];
  /** That room is made for: it stays, were it empty for a moment. */
  private guest: LedgerSwarm | undefined;
  /** Bytes that may be held now, on disk and in memory together. */
  private limitBytes: number;
  private toldBytes: number;
  /** What leaves while the store is loaded: too much for one transaction. */
  private overdue: PolicySegment[] | undefined;

  constructor(
    private readonly shelf: Shelf,
    /** Of what is written to disk beside what clients bring. */
    private readonly room: Pick<DiskRoom, 'mayWrite' | 'wrote'>,
    private readonly options: KeeperOptions,
  ) {
    this.limitBytes = options.capacityBytes;
    this.toldBytes = options.capacityBytes;
    this.policy = new WeirPolicy({ ...options, listener: this });
  }

  /**
   * Tells the policy of what is on disk already, that of the swarms used last last. Answers what has no room, to be given to `evicted`
   * by and by.
   */
  begin(saved: Uint8Array | undefined): PolicySegment[] {
    const { ledger } = this.shelf;
    const swarms = [...ledger.all()].sort((one, other) => one.lastUse - other.lastUse || one.number - other.number);
    const overdue: PolicySegment[] = [];
    this.tell(0);
    this.overdue = overdue;
    this.policy.restore(saved, segmentsOnDisk(swarms));
    this.overdue = undefined;
    return overdue;
  }

  /** What happened since the store was opened. */
  get totals(): StoreTotals {
    return { ...this.counted };
  }

  /** Sets how much may be held from now on; what is too much leaves when room is made next. */
  limitTo(bytes: number): void {
    this.limitBytes = bytes;
  }

  /** Has leave what is more than that, within the caller's transaction. */
  shrinkTo(bytes: number): void {
    this.limitTo(bytes);
    this.reserve(0, 0);
  }

  /** What left to make room since the last call. */
  drain(): ExtentRef[] {
    this.settle();
    return this.gone.splice(0);
  }

  /** A subscriber asked for an extent. */
  used({ swarmId, index, by = 0, chunkSize = usualChunkSize }: Use, now: number): void {
    const swarm = this.shelf.swarm(swarmId);
    const key = swarm?.key ?? this.shelf.ledger.keyOf(swarmId);
    const segment = swarm ? segmentOf(swarm, index) : Math.floor(index / segmentExtents(chunkSize));
    const bytes = segmentFootprint(swarm?.record.metadata.chunkSize ?? chunkSize);
    if (this.passes.isNew(key, segment, by, now)) this.passed({ key, segment, bytes, by, now });
    if (swarm !== undefined && holdsExtent(swarm, index)) this.shelf.touch(swarm, now);
  }

  /** Puts a new extent where the policy says, or says why not. */
  insert(record: SwarmRecord, extent: Extent, now: number): RefusalReason | undefined {
    const { shelf } = this;
    const { swarmId } = record.metadata;
    const bytes = extentFootprint(record, extent.index);
    if (bytes + recordFootprint > this.limitBytes) return 'full';
    return this.withGuest(swarmId, (swarm) => {
      this.reserve(swarm === undefined ? recordFootprint : 0, bytes);
      const segment = Math.floor(extent.index / segmentExtents(record.metadata.chunkSize));
      const held = swarm === undefined ? 0 : bytesOf(swarm, segment);
      const place = this.policy.insert(shelf.ledger.keyOf(swarmId), segment, held + bytes);
      if (place === 'refused') return 'policy';
      if (place === 'disk' || !shelf.hold(record, extent, now)) shelf.insert(record, extent, now);
      return undefined;
    });
  }

  /** Puts a block in, if there is room for it beside what stays. */
  putBlock(swarmId: SwarmId, block: HashBlock): void {
    const { shelf } = this;
    this.withGuest(swarmId, (swarm) => {
      if (swarm === undefined) return;
      const bytes = shelf.blockBytes(swarm, block);
      if (bytes > 0) this.reserve(bytes, 0);
      const fits = shelf.ledger.overheadBytes + shelf.ledger.extentBytes + bytes <= this.limitBytes;
      if ((bytes === 0 || fits) && hasExtents(swarm)) shelf.putBlock(swarm, block);
    });
  }

  /** Removes an extent; the last one takes its swarm along. */
  erase(swarm: LedgerSwarm, index: number): void {
    const segment = segmentOf(swarm, index);
    this.shelf.drop(swarm, index);
    this.policy.shrink(swarm.key, segment, bytesOf(swarm, segment));
    if (!hasExtents(swarm)) this.shelf.retire(swarm);
  }

  /** Removes a swarm. */
  retire(swarm: LedgerSwarm): void {
    for (const segment of segmentsOf(swarm)) this.policy.remove(swarm.key, segment);
    this.shelf.retire(swarm);
  }

  evicted(key: number, segment: number): void {
    const swarm = this.shelf.ledger.keyed(key);
    if (swarm === undefined) return;
    if (this.overdue !== undefined) {
      this.overdue.push([key, segment]);
      return;
    }
    const { swarmId } = swarm;
    for (const index of extentsOf(swarm, segment)) {
      this.shelf.drop(swarm, index);
      this.gone.push({ swarmId, index });
    }
    if (swarm !== this.guest && !hasExtents(swarm)) this.shelf.retire(swarm);
  }

  persist(key: number, segment: number): void {
    const swarm = this.shelf.ledger.keyed(key);
    if (swarm === undefined) return;
    const bytes = memoryBytesOf(swarm, segment);
    if (this.room.mayWrite(bytes)) {
      this.room.wrote(bytes);
      this.counted.persistedExtents += this.shelf.persist(swarm, segment);
    } else this.lost.push([swarm, segment]);
  }

  private passed(use: SegmentUse): void {
    const isHeld = this.policy.access(use.key, use.segment, use.by);
    this.settle();
    this.counted[isHeld ? 'heldUses' : 'missedUses']++;
    this.options.onUse?.(use);
  }

  /** What is done for a swarm that may be evicted meanwhile: it is removed afterwards, if it is empty. */
  private withGuest<Result>(swarmId: SwarmId, work: (swarm: LedgerSwarm | undefined) => Result): Result {
    const swarm = this.shelf.swarm(swarmId);
    this.guest = swarm;
    const result = work(swarm);
    this.guest = undefined;
    this.settle();
    if (swarm !== undefined && !hasExtents(swarm) && this.shelf.swarm(swarmId) === swarm) this.shelf.retire(swarm);
    return result;
  }

  /** Makes room for what the policy does not count, and sweeps what is left over before something is evicted for an extent. */
  private reserve(overheadBytes: number, extentBytes: number): void {
    const { shelf } = this;
    const { ledger } = shelf;
    const more = overheadBytes + extentBytes;
    while (ledger.overheadBytes + ledger.extentBytes + more > this.limitBytes && shelf.sweep());
    this.tell(overheadBytes);
    this.settle();
    // The records of swarms that left with it make room too.
    this.tell(overheadBytes);
  }

  private tell(overheadBytes: number): void {
    const bytes = Math.max(0, this.limitBytes - this.shelf.ledger.overheadBytes - overheadBytes);
    if (bytes === this.toldBytes) return;
    this.toldBytes = bytes;
    this.policy.resize(bytes);
  }

  /** Removes what could not be written. */
  private settle(): void {
    for (const [swarm, segment] of this.lost.splice(0)) {
      this.policy.remove(swarm.key, segment);
      this.evicted(swarm.key, segment);
    }
  }
}

function hasExtents({ disk, memory }: LedgerSwarm): boolean {
  return disk.size + memory.size > 0;
}
