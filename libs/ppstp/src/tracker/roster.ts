import { type Random, sampleIndexes } from './sample';

/** What stands in a roster: it carries its place there. */
export interface Placed {
  place: number;
}

/**
 * A list from which members can be drawn at random and taken out, each at the same cost in a swarm of a million. The
 * members carry their places, which spares a map of them.
 */
export class Roster<Member extends Placed> {
  private readonly members: Member[] = [];

  get size(): number {
    return this.members.length;
  }

  at(place: number): Member | undefined {
    return this.members[place];
  }

  add(member: Member): void {
    member.place = this.members.push(member) - 1;
  }

  /** The last one takes its place. The member has to be in this roster. */
  delete(member: Member): void {
    const { place } = member;
    const last = this.members.pop();
    if (last === undefined || last === member) return;
    this.members[place] = last;
    last.place = place;
  }

  /** So many different members in random order, or all of them. */
  sample(count: number, random: Random): Member[] {
    return sampleIndexes(this.members.length, count, random).flatMap((at) => this.members[at] ?? []);
  }
}
