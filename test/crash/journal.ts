import { readFileSync } from 'node:fs';
import type { ExtentRef, RuleChange } from '@weir/store';
import { z } from 'zod';

/** A change of the tables, as the writer's thread told it: a method's name and what it was about. */
export type Change = readonly [string, ...unknown[]];

/** What a client asked of the writer. */
export type Wish =
  | { readonly type: 'write'; readonly swarmId: string; readonly indexes: readonly number[] }
  | { readonly type: 'erase'; readonly swarmId: string; readonly index: number }
  | { readonly type: 'purge'; readonly swarmId: string }
  | { readonly type: 'rule'; readonly swarmId: string; readonly change: RuleChange };

/** How far a process has come. */
export type Phase = 'starting' | 'ready' | 'scrubbing' | 'stopping' | 'stopped';

/**
 * A line of the journal, which all threads of the process append to: what is in it when the process is killed stays, and in
 * the order in which it happened. `doing` stands before a transaction's commit, `done` after it, and `moved` when something
 * came into the memory of what is on probation, or left it.
 */
export type Entry =
  | { readonly kind: 'phase'; readonly phase: Phase }
  | { readonly kind: 'doing'; readonly changes: readonly Change[] }
  | { readonly kind: 'done' }
  /** The scrub came upon damage, in words. */
  | { readonly kind: 'damaged'; readonly what: string }
  /** So many slices were checked. */
  | { readonly kind: 'scrubbed'; readonly bytes: number }
  /** Pages are given back to the disk from here on, or no more: so many bytes. */
  | { readonly kind: 'giving'; readonly on: boolean; readonly bytes: number }
  | { readonly kind: 'moved'; readonly released: readonly ExtentRef[]; readonly held: readonly ExtentRef[] }
  | { readonly kind: 'asked'; readonly id: number; readonly wish: Wish }
  | { readonly kind: 'answered'; readonly id: number; readonly failed: readonly number[] };

/** Our own process wrote it: nothing to check. */
const entry = z.custom<Entry>();

/** The lines of a journal. A process writes each with one call, so that none is cut, but the last when it is killed. */
export function readJournal(file: string): Entry[] {
  const lines = readFileSync(file, 'utf8').split('\n');
  // Behind the last line's end is nothing, or a line that the process did not finish.
  return lines.slice(0, -1).map((line) => entry.parse(JSON.parse(line)));
}
