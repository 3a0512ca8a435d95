/** A number from 0 up to, not including, 1: a dice that is injected, so that a run can be repeated. */
export type Random = () => number;

/**
 * A set from which members can be drawn at random without walking all of it: a popular swarm has tens of thousands of
 * members, and an answer names 29.
 */
export class Roster<Member> {
  private readonly members: Member[] = [];
  private readonly places = new Map<Member, number>();

  get size(): number {
    return this.members.length;
  }

  add(member: Member): void {
    if (this.places.has(member)) return;
    this.places.set(member, this.members.length);
    this.members.push(member);
  }

  /** Whether the member was there. The last one takes its place. */
  delete(member: Member): boolean {
    const place = this.places.get(member);
    if (place === undefined) return false;
    this.places.delete(member);
    const last = this.members.pop();
    if (last !== undefined && last !== member) {
      this.members[place] = last;
      this.places.set(last, place);
    }
    return true;
  }

  /** The members in random order, drawn as they are taken (Fisher-Yates, over a map of the displaced). */
  *shuffled(random: Random): Generator<Member> {
    const displaced = new Map<number, Member>();
    for (const [at, first] of this.members.entries()) {
      const drawn = at + Math.floor(random() * (this.members.length - at));
      const member = displaced.get(drawn) ?? this.members[drawn];
      displaced.set(drawn, displaced.get(at) ?? first);
      if (member !== undefined) yield member;
    }
  }
}
