import { limits, type Micros } from '../limits';
import { networkKey, subscriberKey, type Address, type Path } from './address';
import { HalfOpenRow, type HalfOpen } from './half-open-row';
import { hashText } from './hash-text';

/**
 * Channels that are not yet established: no place among the channels, none among the swarms, and no object that outlives
 * the datagram. RFC 7574 section 12.1.2.
 *
 * Who is in which row is told by the network that he seems to be in, and by a number that nobody outside knows; where a row is
 * full, the oldest of it leaves, or that of a subscriber who has his share of it. So no network takes more than a row
 * from all others, and a flood from all networks leaves each caller as much time as it needs to fill the table.
 */
export class HalfOpenTable {
  private readonly rows = new Map<number, HalfOpenRow>();
  private seed: number | undefined;
  private emptyAt: Micros = Number.NEGATIVE_INFINITY;

  /** `random` draws 32 unpredictable bits. */
  constructor(private readonly random: () => number) {}

  /** How many there are. */
  size(now: Micros): number {
    let size = 0;
    for (const row of this.rows.values()) size += row.size(now);
    return size;
  }

  /** Whoever is at `from` and was given this ID, in the name of `origin`. */
  find(id: number, path: Path, now: Micros): HalfOpen | undefined {
    return this.rowOf(path.from)?.find(id, path, now);
  }

  /** By what its initiator said, so that a repeated HANDSHAKE is known. */
  findInitiation(path: Path, remoteId: number, now: Micros): HalfOpen | undefined {
    const { from } = path;
    return this.rowOf(from)?.findInitiation(path, remoteId, this.hash(subscriberKey(from)), now);
  }

  /** Forgets those that were intercepted. */
  dropIntercepted(): void {
    for (const row of this.rows.values()) row.dropIntercepted();
  }

  /** The one that the subscriber has had for longest, if it must leave for the next. */
  crowded(from: Address, now: Micros): HalfOpen | undefined {
    return this.rowOf(from)?.crowded(this.hash(subscriberKey(from)), now);
  }

  /** The one that must leave for the subscriber's next, if one must, whosever it is. */
  displaced(from: Address, now: Micros): HalfOpen | undefined {
    return this.rowOf(from)?.displaced(this.hash(subscriberKey(from)), now);
  }

  /** Keeps it, in place of what it was before. */
  put(half: HalfOpen, now: Micros): void {
    const key = this.rowKey(half.from);
    const row = this.rows.get(key) ?? new HalfOpenRow();
    this.rows.set(key, row);
    row.put(half, this.hash(subscriberKey(half.from)), now);
    this.emptyAt = Math.max(this.emptyAt, half.bornAt + limits.halfOpen);
  }

  remove({ id, from }: HalfOpen): void {
    this.rowOf(from)?.remove(id);
  }

  /** When the time of the last one is over. */
  nextTimeout(now: Micros): Micros | undefined {
    return this.emptyAt > now ? this.emptyAt : undefined;
  }

  private rowOf(from: Address): HalfOpenRow | undefined {
    return this.rows.get(this.rowKey(from));
  }

  private rowKey(from: Address): number {
    return this.hash(networkKey(from)) % (limits.halfOpenMax / limits.halfOpenRow);
  }

  /** From an unpredictable beginning, so that nobody outside can tell who shares a row with whom. */
  private hash(text: string): number {
    this.seed ??= this.random();
    return hashText(text, this.seed);
  }
}
