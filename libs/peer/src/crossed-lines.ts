import { MessageChannel } from 'node:worker_threads';
import type { LineEnd } from './handover';

/** Both ends of a new line between two threads, each for its own. */
export function lineBetween(one: number, other: number): readonly [LineEnd, LineEnd] {
  const { port1, port2 } = new MessageChannel();
  const there = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
  const back = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
  return [
    { thread: other, port: port1, outgoing: there, incoming: back },
    { thread: one, port: port2, outgoing: back, incoming: there },
  ];
}

/** Lines between each two of so many threads: the ends of each thread, by its number. */
export function crossedLines(threads: number): readonly (readonly LineEnd[])[] {
  const ends = Array.from({ length: threads }, (): LineEnd[] => []);
  for (let one = 0; one < threads; one++) {
    for (let other = one + 1; other < threads; other++) {
      const [ours, theirs] = lineBetween(one, other);
      ends[one]?.push(ours);
      ends[other]?.push(theirs);
    }
  }
  return ends;
}
