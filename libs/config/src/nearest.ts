/** More of a word than this tells nothing about what was meant, and costs time. */
const wordLengthMax = 64;

/** The candidate that `word` was probably meant to be, or undefined if none is close. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const closeEnough = Math.max(2, Math.floor(word.length / 3));
  let best: string | undefined;
  let least = closeEnough + 1;
  for (const candidate of candidates) {
    const edits = distance(word.slice(0, wordLengthMax).toLowerCase(), candidate.toLowerCase());
    if (edits >= least) continue;
    best = candidate;
    least = edits;
  }
  return best;
}

/** Edits from one word to another: insert, delete or replace one letter (Levenshtein). */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [line, letter] of Array.from(from).entries()) {
    const next = [line + 1];
    for (const [column, other] of Array.from(to).entries()) {
      const replaced = (row[column] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(replaced, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
