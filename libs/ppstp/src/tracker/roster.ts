import { type Random, sampleIndexes } from './sample';

/** What stands in rosters: it carries its place in each of the two that it may be in. */
export interface Placed {
  /** Among the members of its kind. */
  place: number;
  /** Among those from its source prefix. */
  placeNear: number;
}

/**
 * A list from which members can be drawn at random and taken out, each at the same cost in a swarm of a million. The
 * members carry their places, which spares a map of them.
 */
export class Roster<Member extends Placed> {
  private readonly members: Member[] = [];

  constructor(private readonly key: keyof Placed) {}

  get size(): number {
    return this.members.length;
  }

  at(place: number): Member | undefined {
    return this.members[place];
  }

  add(member: Member): void {
    member[this.key] = this.members.push(member) - 1;
  }

  /** The last one takes its place. The member has to be in this roster. */
  delete(member: Member): void {
    const place = member[this.key];
    const last = this.members.pop();
    if (last === undefined || last === member) return;
    this.members[place] = last;
    last[this.key] = place;
  }

  /** So many different members in random order, or all of them. */
  sample(count: number, random: Random): Member[] {
    return sampleIndexes(this.members.length, count, random).flatMap((at) => this.members[at] ?? []);
  }
}
