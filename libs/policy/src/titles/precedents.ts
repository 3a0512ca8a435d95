import { at, copied } from '../numbers';
import { candidatesPerObject as slots, recentPerSubscriber as recentMax } from './limits';
import type { RecentRequests } from './recent-requests';
import { gapClass, Trust } from './trust';

const objectsMin = 2 ** 10;
/** Places are averages in sixteenths, over so many of the latest. What a subscriber asked for last has place 1. */
const placeUnit = 16;
const placesAveraged = 8;
/** Of an object one request in `lookEvery` is looked at from `lookAlways` on: it tells as much. */
const lookAlways = 32;
const lookEvery = 8;
/** Looks at most: what a byte counts. */
const looksMax = 255;
/** A candidate that is missing loses one of its counts at every so manieth look. */
const forgetEvery = 8;
/** A candidate that is farther away gives way to what was asked for last, if that is none yet. */
const farFrom = 2.5 * placeUnit;

/**
 * Of each object, what those who asked for it had asked for shortly before: a few candidates, how often each was among their last
 * requests, and how close. Other sessions of the same subscriber in between do not hide it.
 */
export class Precedents {
  readonly trust: Trust = new Trust();
  private candidates = new Uint32Array(objectsMin * slots);
  private counts = new Uint8Array(objectsMin * slots);
  private places = new Uint8Array(objectsMin * slots);
  private requests = new Uint32Array(objectsMin);
  /** Gap before the first request, as a class. */
  private gaps = new Uint8Array(objectsMin);
  private known = 0;
  private clock = 0;

  /** Objects: their numbers are lower. */
  get objects(): number {
    return this.known;
  }

  get stateBytes(): number {
    const columns = [this.candidates, this.counts, this.places, this.requests, this.gaps];
    return columns.reduce((sum, column) => sum + column.byteLength, 0);
  }

  /** Somebody asks for an object. */
  see(object: number, subscriber: number, recent: RecentRequests): void {
    this.clock++;
    while (object >= this.requests.length) this.grow();
    if (object >= this.known) this.known = object + 1;
    const row = recent.rowOf(subscriber);
    // Once more of the same tells nothing: a player that asks for parts.
    if (recent.objects[row * recentMax] === object + 1) return;
    const before = at(this.requests, object);
    this.requests[object] = before + 1;
    const time = recent.timeOf(row);
    if (time !== 0) {
      if (before === 0) this.gaps[object] = gapClass(this.clock - time);
      if (before < lookAlways || (before % lookEvery === 0 && looksOf(before) < looksMax))
        this.look(object, recent, row);
    }
    recent.note(row, object, this.clock);
  }

  /** The object that a slot names as candidate; -1: none. Those of an object stand in `candidatesPerObject` slots, from its number on. */
  candidate(slot: number): number {
    return at(this.counts, slot) === 0 ? -1 : at(this.candidates, slot) - 1;
  }

  /**
   * How well a candidate precedes its object: how often, the less the farther away. 0: not often enough to be more than chance, or
   * but once, where that says nothing.
   */
  worth(slot: number): number {
    const object = Math.floor(slot / slots);
    const [count, looks] = [at(this.counts, slot), looksOf(at(this.requests, object))];
    const byChance = looks * this.chanceOf(this.candidate(slot));
    const often = count > 1 ? isOften(count, looks, byChance) : looks <= 2 && byChance < 0.25 && this.believed(object);
    return often ? ((count > 1 ? count : 0.5) * placeUnit) / at(this.places, slot) : 0;
  }

  private believed(object: number): boolean {
    return this.trust.believes(at(this.gaps, object));
  }

  /** Chance that an object is among somebody's last requests. */
  private chanceOf(object: number): number {
    return Math.min(1, (recentMax * at(this.requests, object)) / this.clock);
  }

  private look(object: number, recent: RecentRequests, row: number): void {
    const first = object * slots;
    const looks = looksOf(at(this.requests, object)) - 1;
    const chance = looks === 1 ? this.chanceOfAny(first) : 0;
    const found = this.count(first, recent.objects, row * recentMax, looks);
    if (chance > 0) this.trust.learn(at(this.gaps, object), found !== 0, chance);
    if ((found & 1) === 0) this.giveWay(first);
    this.fill(first, recent.objects, row * recentMax, found);
  }

  private chanceOfAny(first: number): number {
    let chance = 0;
    for (let slot = first; slot < first + slots; slot++) {
      if (this.counts[slot] !== 0) chance += this.chanceOf(at(this.candidates, slot) - 1);
    }
    return chance;
  }

  /** Counts the candidates that are there, and forgets those that were there but once. Bits: the places at which one was found. */
  private count(first: number, objects: Uint32Array, recentFirst: number, looks: number): number {
    const { candidates, counts } = this;
    let found = 0;
    for (let slot = first; slot < first + slots; slot++) {
      const count = at(counts, slot);
      if (count === 0) continue;
      const candidate = at(candidates, slot);
      let place = 0;
      while (place < recentMax && objects[recentFirst + place] !== candidate) place++;
      if (place < recentMax) {
        found |= 1 << place;
        this.confirm(slot, count, place + 1);
      } else if (count === 1) counts[slot] = 0;
      else if (looks % forgetEvery === forgetEvery - 1) counts[slot] = count - 1;
    }
    return found;
  }

  private confirm(slot: number, count: number, place: number): void {
    const known = at(this.places, slot);
    if (count < looksMax) this.counts[slot] = count + 1;
    this.places[slot] = known + Math.trunc((place * placeUnit - known) / (Math.min(count, placesAveraged) + 1));
  }

  /** If there is no room, the farthest candidate goes, so that what comes right before is found in the end. */
  private giveWay(first: number): void {
    let farthest = -1;
    let far = farFrom;
    for (let slot = first; slot < first + slots; slot++) {
      if (this.counts[slot] === 0) return;
      if (at(this.places, slot) <= far) continue;
      far = at(this.places, slot);
      farthest = slot;
    }
    if (farthest >= 0) this.counts[farthest] = 0;
  }

  /** Others of the last requests become candidates, the latest first, as far as there is room. */
  private fill(first: number, objects: Uint32Array, recentFirst: number, found: number): void {
    let place = 0;
    for (let slot = first; slot < first + slots; slot++) {
      if (this.counts[slot] !== 0) continue;
      while (((found >> place) & 1) === 1) place++;
      if (place >= recentMax || objects[recentFirst + place] === 0) return;
      this.candidates[slot] = at(objects, recentFirst + place);
      this.counts[slot] = 1;
      this.places[slot] = ++place * placeUnit;
    }
  }

  private grow(): void {
    const objects = 2 * this.requests.length;
    this.candidates = copied(this.candidates, new Uint32Array(objects * slots));
    this.counts = copied(this.counts, new Uint8Array(objects * slots));
    this.places = copied(this.places, new Uint8Array(objects * slots));
    this.requests = copied(this.requests, new Uint32Array(objects));
    this.gaps = copied(this.gaps, new Uint8Array(objects));
  }
}

/** How many of an object's requests were looked at. */
function looksOf(requests: number): number {
  if (requests <= lookAlways) return requests;
  return Math.min(looksMax, lookAlways + Math.ceil((requests - lookAlways) / lookEvery));
}

/** True if a candidate was there more often than by chance, and not too seldom. */
function isOften(count: number, looks: number, byChance: number): boolean {
  return count - 1 >= oftenerThanChance * byChance && count >= oftenFrom * looks;
}

const oftenerThanChance = 4;
const oftenFrom = 0.15;
