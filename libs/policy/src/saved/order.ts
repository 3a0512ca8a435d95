import { at } from '../numbers';
import type { Queue } from '../queue';
import type { Residence } from '../residence';

const two32 = 0x1_0000_0000;
/** Numbers of a segment in a saved state. */
const wordsEach = 3;
/** In the third: 21 bits of the segment's number, whether it is in main, and its frequency. */
const highMask = 0x1f_ffff;
const inMain = 1 << 21;
const frequencyShift = 22;
const frequencyMask = 3;

/** Segments as a saved state has them. */
export interface SavedOrder {
  readonly swarms: Float64Array;
  readonly segments: Uint32Array;
}

/** The order of what is on probation and in main. */
export function orderOf({ stock, probation, main }: Residence): SavedOrder {
  const places = new Map<number, number>();
  const words = new Uint32Array(wordsEach * stock.segments.count);
  let length = 0;
  for (const queue of [probation, main]) {
    for (let row = queue.oldest; row !== 0; row = queue.after(row)) {
      const owner = at(stock.segments.swarm, row);
      const place = places.get(owner) ?? places.size;
      places.set(owner, place);
      const segment = stock.segments.segment(row);
      words[length++] = place;
      words[length++] = segment >>> 0;
      words[length++] =
        Math.floor(segment / two32) | (queue === main ? inMain : 0) | (stock.segments.frequency(row) << frequencyShift);
    }
  }
  const swarms = Float64Array.from(places.keys(), (owner) => stock.swarms.key(owner));
  return { swarms, segments: words.slice(0, length) };
}

/**
 * Brings what is on probation into a saved order. What the order does not have came after it, and stays the newest. `lost` is told of
 * what was on probation and is not resident any more: it was in memory.
 */
export function reorder(
  residence: Residence,
  { swarms, segments: words }: SavedOrder,
  lost: (swarm: number, segment: number) => void,
): void {
  const { stock, probation, main } = residence;
  let strangers = countOf(probation);
  for (let word = 0; word + wordsEach <= words.length; word += wordsEach) {
    const swarm = swarms[at(words, word)];
    if (swarm === undefined || !Number.isSafeInteger(swarm)) continue;
    const rest = at(words, word + 2);
    const segment = (rest & highMask) * two32 + at(words, word + 1);
    const row = stock.find(swarm, segment);
    if (row === 0 && (rest & inMain) === 0) lost(swarm, segment);
    if (row === 0 || residence.queueOf(row) !== probation) continue;
    stock.segments.setFrequency(row, (rest >>> frequencyShift) & frequencyMask);
    residence.move(row, (rest & inMain) === 0 ? probation : main);
    strangers--;
  }
  for (; strangers > 0; strangers--) probation.renew(probation.oldest);
}

function countOf(queue: Queue): number {
  let count = 0;
  for (let row = queue.oldest; row !== 0; row = queue.after(row)) count++;
  return count;
}
