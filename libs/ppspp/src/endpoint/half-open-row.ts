import { limits, type Micros } from '../limits';
import type { Path } from './address';
import { AddressColumn } from './address-column';

/** A channel that was asked for, of which nobody knows whether its initiator is at the address that asked. */
export interface HalfOpen extends Path {
  /** Our ID of the channel: who names it proves to be at `from`. RFC 7574 section 12.1. */
  readonly id: number;
  /** The initiator's ID of the channel. */
  readonly remoteId: number;
  /** Index of the local socket. */
  readonly port: number;
  readonly bornAt: Micros;
  /** The beginning of its last datagram: `openingBytesMax` of it are kept at most. */
  readonly opening: Uint8Array;
  /** True while it is not known whether its swarm can be served. */
  readonly waits: boolean;
  /** Undefined until it was answered: then nobody can know `id`. */
  readonly answeredAt: Micros | undefined;
}

const places = limits.halfOpenRow;
const free = Number.NEGATIVE_INFINITY;
const nowhere = { ip: '', port: 0 };

/**
 * So many half-open channels, in memory that is allocated once: a flood of them leaves nothing to be collected. Whatever is
 * looked for is looked for among all of them.
 */
export class HalfOpenRow {
  private readonly ids = new Uint32Array(places);
  private readonly remoteIds = new Uint32Array(places);
  private readonly froms = new AddressColumn(places);
  private readonly origins = new AddressColumn(places);
  private readonly ports = new Uint8Array(places);
  private readonly subscribers = new Uint32Array(places);
  private readonly bornAt = new Float64Array(places).fill(free);
  private readonly answeredAt = new Float64Array(places).fill(free);
  private readonly waits = new Uint8Array(places);
  private readonly openingLengths = new Uint16Array(places);
  private readonly openings = new Uint8Array(places * limits.openingBytesMax);

  size(now: Micros): number {
    let size = 0;
    for (let place = 0; place < places; place++) if (this.isTaken(place, now)) size++;
    return size;
  }

  find(id: number, path: Path, now: Micros): HalfOpen | undefined {
    const place = this.ids.indexOf(id);
    return place >= 0 && this.isTaken(place, now) && this.isAt(place, path) ? this.read(place, path) : undefined;
  }

  findInitiation(path: Path, remoteId: number, subscriber: number, now: Micros): HalfOpen | undefined {
    const { subscribers, remoteIds } = this;
    for (let place = subscribers.indexOf(subscriber); place >= 0; place = subscribers.indexOf(subscriber, place + 1))
      if (remoteIds[place] === remoteId && this.isTaken(place, now) && this.isAt(place, path))
        return this.read(place, path);
    return undefined;
  }

  dropIntercepted(): void {
    for (let place = 0; place < places; place++) if (!this.origins.isAt(place, undefined)) this.free(place);
  }

  /** The subscriber's oldest, if he has his share. */
  crowded(subscriber: number, now: Micros): HalfOpen | undefined {
    const place = this.placeOf(subscriber, now);
    const isHis = this.isTaken(place, now) && this.subscribers[place] === subscriber;
    return isHis && this.shareOf(subscriber, now) >= limits.halfOpenEachMax ? this.read(place) : undefined;
  }

  /** The one in whose place the subscriber's next goes, if there is one. */
  displaced(subscriber: number, now: Micros): HalfOpen | undefined {
    const place = this.placeOf(subscriber, now);
    return this.isTaken(place, now) ? this.read(place) : undefined;
  }

  put(half: HalfOpen, subscriber: number, now: Micros): void {
    const place = this.earlierPlaceOf(half) ?? this.placeOf(subscriber, now);
    const opening = half.opening.subarray(0, limits.openingBytesMax);
    this.ids[place] = half.id;
    this.remoteIds[place] = half.remoteId;
    this.froms.write(place, half.from);
    this.origins.write(place, half.origin);
    this.ports[place] = half.port;
    this.subscribers[place] = subscriber;
    this.bornAt[place] = half.bornAt;
    this.answeredAt[place] = half.answeredAt ?? free;
    this.waits[place] = half.waits ? 1 : 0;
    this.openingLengths[place] = opening.length;
    this.openings.set(opening, place * limits.openingBytesMax);
  }

  remove(id: number): void {
    const place = this.ids.indexOf(id);
    if (place >= 0) this.free(place);
  }

  private free(place: number): void {
    this.ids[place] = 0;
    this.bornAt[place] = free;
  }

  private isTaken(place: number, now: Micros): boolean {
    return now < (this.bornAt[place] ?? free) + limits.halfOpen;
  }

  private shareOf(subscriber: number, now: Micros): number {
    let share = 0;
    for (let place = 0; place < places; place++)
      if (this.subscribers[place] === subscriber && this.isTaken(place, now)) share++;
    return share;
  }

  private earlierPlaceOf({ id }: HalfOpen): number | undefined {
    const place = this.ids.indexOf(id);
    return place >= 0 ? place : undefined;
  }

  /** Where a new one goes: to the oldest of those whose share is full, or else of all. What is free counts as older still. */
  private placeOf(subscriber: number, now: Micros): number {
    const isFull = this.shareOf(subscriber, now) >= limits.halfOpenEachMax;
    let oldest = 0;
    let oldestAt = Number.POSITIVE_INFINITY;
    for (let place = 0; place < places; place++) {
      const bornAt = this.isTaken(place, now) ? (this.bornAt[place] ?? free) : free;
      if (bornAt >= oldestAt || (isFull && (bornAt === free || this.subscribers[place] !== subscriber))) continue;
      oldest = place;
      oldestAt = bornAt;
    }
    return oldest;
  }

  private isAt(place: number, { from, origin }: Path): boolean {
    return this.froms.isAt(place, from) && this.origins.isAt(place, origin);
  }

  private read(place: number, path?: Path): HalfOpen {
    const start = place * limits.openingBytesMax;
    const answeredAt = this.answeredAt[place] ?? free;
    const { from = nowhere, origin } = path ?? { from: this.froms.read(place), origin: this.origins.read(place) };
    return {
      id: this.ids[place] ?? 0,
      remoteId: this.remoteIds[place] ?? 0,
      from,
      origin,
      port: this.ports[place] ?? 0,
      bornAt: this.bornAt[place] ?? 0,
      opening: this.openings.slice(start, start + (this.openingLengths[place] ?? 0)),
      waits: this.waits[place] === 1,
      answeredAt: answeredAt === free ? undefined : answeredAt,
    };
  }
}
