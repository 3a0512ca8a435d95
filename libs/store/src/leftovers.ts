import type { SwarmId, SwarmRecord } from '@weir/ppspp';

/** What is left on disk of a swarm that was removed. */
export interface Leftover {
  readonly number: number;
  readonly record: SwarmRecord;
}

/**
 * What erased swarms left, in the order in which it is swept: what is urgent first, and of what is alike that which was erased last. So
 * a block waits neither behind a purge of everything nor for one that goes on.
 */
export class Leftovers {
  private readonly urgent: Leftover[] = [];
  private others: Leftover[] = [];

  get next(): Leftover | undefined {
    return this.urgent.at(-1) ?? this.others.at(-1);
  }

  add(leftover: Leftover): void {
    this.others.push(leftover);
  }

  /** Has all that a swarm left, whenever it was erased, swept before anything else; its numbers. Looks at everything that is left. */
  hasten(swarmId: SwarmId): number[] {
    const isMeant = ({ record }: Leftover): boolean => record.metadata.swarmId === swarmId;
    const meant = this.others.filter(isMeant);
    if (meant.length > 0) this.others = this.others.filter((leftover) => !isMeant(leftover));
    this.urgent.push(...meant);
    return this.urgent.filter(isMeant).map(({ number }) => number);
  }

  /** Nothing is left of `next`. */
  dropNext(): void {
    (this.urgent.length > 0 ? this.urgent : this.others).pop();
  }
}
