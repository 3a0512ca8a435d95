/** A number from 0 up to, not including, 1: a dice that is injected, so that a run can be repeated. */
export type Random = () => number;

/**
 * So many different numbers below `size` in random order, each choice equally likely; all of them if there are no more.
 * Costs what it draws, however large `size` is.
 */
export function sampleIndexes(size: number, count: number, random: Random): number[] {
  if (count <= 0) return [];
  return size <= 2 * count ? dealt(size, count, random) : drawn(size, count, random);
}

/** The first steps of Fisher and Yates' shuffle. */
function dealt(size: number, count: number, random: Random): number[] {
  const indexes = Array.from({ length: size }, (_, at) => at);
  const end = Math.min(size, count);
  for (let at = 0; at < end; at++) {
    const other = at + Math.floor(random() * (size - at));
    const index = indexes[other] ?? 0;
    indexes[other] = indexes[at] ?? 0;
    indexes[at] = index;
  }
  return indexes.slice(0, end);
}

/** Draws again what was drawn before: less than every second time, as more than twice as many are there. */
function drawn(size: number, count: number, random: Random): number[] {
  const indexes = new Set<number>();
  // A dice that repeats itself must not keep us for ever.
  for (let tries = 16 * count; tries > 0 && indexes.size < count; tries--) indexes.add(Math.floor(random() * size));
  return [...indexes];
}

/** Puts the items into random order, in place, and gives them back. */
export function shuffled<Item>(items: Item[], random: Random): Item[] {
  for (let at = items.length - 1; at > 0; at--) {
    const other = Math.floor(random() * (at + 1));
    const [one, two] = [items[at], items[other]];
    if (one !== undefined && two !== undefined) [items[at], items[other]] = [two, one];
  }
  return items;
}
