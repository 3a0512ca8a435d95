import { at } from '../numbers';
import { candidatesPerObject as slots } from './limits';
import type { Precedents } from './precedents';

/** Links are made in so many rounds, the best first; a round's are worth about as much, up to the square root of 2. */
const rounds = 24;
/** Rounds for each power of 2. */
const roundsPerDouble = 2;
/** Binary logarithm of what the best links are worth at least. */
const bestFrom = 8;

/**
 * What follows what, as far as it is known: each object has one successor and one predecessor at most, the best link wins, and
 * none leads back.
 */
export class Links {
  /** Of each object the next one's number and 1; 0: none. */
  readonly successors: Uint32Array;
  /** Of each object the one before, and 1. */
  readonly predecessors: Uint32Array;
  /** Towards an object that stands for all that are linked with it. */
  private readonly leaders: Uint32Array;

  constructor(precedents: Precedents) {
    const { objects } = precedents;
    this.successors = new Uint32Array(objects);
    this.predecessors = new Uint32Array(objects);
    this.leaders = new Uint32Array(objects);
    for (let object = 0; object < objects; object++) this.leaders[object] = object;
    const roundOf = new Uint8Array(objects * slots);
    for (let slot = 0; slot < roundOf.length; slot++) roundOf[slot] = roundFor(precedents, slot);
    for (let round = 1; round <= rounds; round++) {
      for (let slot = 0; slot < roundOf.length; slot++) {
        if (roundOf[slot] === round) this.link(precedents.candidate(slot), Math.floor(slot / slots));
      }
    }
  }

  private link(before: number, after: number): void {
    if (this.successors[before] !== 0 || this.predecessors[after] !== 0) return;
    const [one, other] = [this.leaderOf(before), this.leaderOf(after)];
    if (one === other) return;
    this.leaders[one] = other;
    this.successors[before] = after + 1;
    this.predecessors[after] = before + 1;
  }

  private leaderOf(object: number): number {
    const { leaders } = this;
    let leader = object;
    while (leaders[leader] !== leader) {
      const next = at(leaders, at(leaders, leader));
      leaders[leader] = next;
      leader = next;
    }
    return leader;
  }
}

/** The round in which a slot's candidate is linked; 0: in none. */
function roundFor(precedents: Precedents, slot: number): number {
  if (precedents.candidate(slot) < 0) return 0;
  const worth = precedents.worth(slot);
  if (worth === 0) return 0;
  return Math.min(rounds, Math.max(1, 1 + Math.floor(roundsPerDouble * (bestFrom - Math.log2(worth)))));
}
