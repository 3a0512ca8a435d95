import { groupsPerSwarmMax, groupSwarmsSampled } from './limits';
import { at } from './numbers';
import { groupedMark, pinnedMark, type Stock } from './stock';

/** Some swarms that share a quota. */
export interface Group {
  readonly number: number;
  bytes: number;
  pinnedBytes: number;
  limitBytes: number;
  /** Rows of its swarms. */
  readonly members: number[];
  /** Where the last search for a victim ended. */
  hand: number;
}

const none: readonly Group[] = [];

/** Which swarms count for which quota. Groups are few, and most swarms are in none. */
export class Groups {
  private readonly groups = new Map<number, Group>();
  private readonly bySwarm = new Map<number, readonly Group[]>();

  constructor(private readonly stock: Stock) {}

  all(): Iterable<Group> {
    return this.groups.values();
  }

  /** Groups of the swarm in row `owner`. */
  of(owner: number): readonly Group[] {
    return this.bySwarm.size === 0 ? none : (this.bySwarm.get(owner) ?? none);
  }

  limit(number: number, bytes: number | undefined): void {
    const group = this.groups.get(number);
    if (bytes !== undefined) this.take(number).limitBytes = bytes;
    else if (group !== undefined) group.limitBytes = Infinity;
    this.forget(number);
  }

  /** Sets a swarm's groups; the ones it was in count it no more. */
  assign(owner: number, numbers: readonly number[]): void {
    for (const group of this.of(owner)) this.leave(group, owner);
    const groups = [...new Set(numbers)].slice(0, groupsPerSwarmMax).map((number) => this.take(number));
    for (const group of groups) {
      group.members.push(owner);
      this.weigh(group, owner, 1);
    }
    if (groups.length > 0) this.bySwarm.set(owner, groups);
    else this.bySwarm.delete(owner);
    const { marks } = this.stock.swarms;
    marks[owner] = (at(marks, owner) & ~groupedMark) | (groups.length > 0 ? groupedMark : 0);
  }

  /** Notes that a swarm's bytes changed. */
  count(owner: number, bytes: number): void {
    for (const group of this.of(owner)) {
      group.bytes += bytes;
      if (this.pinned(owner)) group.pinnedBytes += bytes;
    }
  }

  /** Notes that a swarm's bytes are pinned from now on, or not any more. */
  pin(owner: number, pinned: boolean): void {
    const bytes = at(this.stock.swarms.bytes, owner);
    for (const group of this.of(owner)) group.pinnedBytes += pinned ? bytes : -bytes;
  }

  /** Of some of a group's swarms, the row of the one not asked for the longest that has something to give; 0: none has. */
  idlest(group: Group): number {
    const { members } = group;
    const { lastUse, bytes } = this.stock.swarms;
    let idlest = 0;
    let seen = 0;
    for (let step = 0; step < members.length && seen < groupSwarmsSampled; step++) {
      group.hand = (group.hand + 1) % members.length;
      const member = members[group.hand] ?? 0;
      if (at(bytes, member) === 0 || this.pinned(member)) continue;
      seen++;
      if (idlest === 0 || at(lastUse, member) < at(lastUse, idlest)) idlest = member;
    }
    return idlest;
  }

  private leave(group: Group, owner: number): void {
    const { members } = group;
    const last = members.pop();
    const place = members.indexOf(owner);
    if (place >= 0 && last !== undefined) members[place] = last;
    this.weigh(group, owner, -1);
    this.forget(group.number);
  }

  private pinned(owner: number): boolean {
    return (at(this.stock.swarms.marks, owner) & pinnedMark) !== 0;
  }

  private weigh(group: Group, owner: number, sign: number): void {
    const bytes = sign * at(this.stock.swarms.bytes, owner);
    group.bytes += bytes;
    if (this.pinned(owner)) group.pinnedBytes += bytes;
  }

  private take(number: number): Group {
    const found = this.groups.get(number);
    if (found !== undefined) return found;
    const group = { number, bytes: 0, pinnedBytes: 0, limitBytes: Infinity, members: [], hand: 0 };
    this.groups.set(number, group);
    return group;
  }

  /** A group without limit and members is none. */
  private forget(number: number): void {
    const group = this.groups.get(number);
    if (group?.limitBytes === Infinity && group.members.length === 0) this.groups.delete(number);
  }
}
