import { groupsPerSwarmMax, groupSwarmsSampled } from './limits';
import { Roster } from './roster';
import { groupedMark, pinnedMark, type Stock } from './stock';

/** Some swarms that share a quota. */
export interface Group {
  readonly number: number;
  bytes: number;
  pinnedBytes: number;
  limitBytes: number;
  /** How many swarms are in it. */
  members: number;
  /** Rows of those that have something to give: most of a large group are not here at all. */
  readonly givers: Roster;
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

  /** A group by its number. */
  find(number: number): Group | undefined {
    return this.groups.get(number);
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
      group.members++;
      group.givers.set(owner, !this.pinned(owner) && (this.stock.swarms.bytes[owner] ?? 0) > 0);
      this.weigh(group, owner, 1);
    }
    if (groups.length > 0) this.bySwarm.set(owner, groups);
    else this.bySwarm.delete(owner);
    const { marks } = this.stock.swarms;
    marks[owner] = ((marks[owner] ?? 0) & ~groupedMark) | (groups.length > 0 ? groupedMark : 0);
  }

  /** Notes that a swarm's bytes are about to change. */
  count(owner: number, bytes: number): void {
    const isEmpty = (this.stock.swarms.bytes[owner] ?? 0) + bytes === 0;
    for (const group of this.of(owner)) {
      group.bytes += bytes;
      if (this.pinned(owner)) group.pinnedBytes += bytes;
      else group.givers.set(owner, !isEmpty);
    }
  }

  /** Notes that a swarm's bytes are pinned from now on, or not any more. */
  pin(owner: number, pinned: boolean): void {
    const bytes = this.stock.swarms.bytes[owner] ?? 0;
    for (const group of this.of(owner)) {
      group.pinnedBytes += pinned ? bytes : -bytes;
      group.givers.set(owner, !pinned && bytes > 0);
    }
  }

  /** Of some of a group's swarms but `spent`, the row of the one not asked for the longest that has something to give; 0: none has. */
  idlest({ givers }: Group, spent: number): number {
    const { lastUse } = this.stock.swarms;
    let idlest = 0;
    for (let seen = Math.min(givers.size, groupSwarmsSampled); seen > 0; seen--) {
      const giver = givers.next();
      if (giver !== spent && (idlest === 0 || (lastUse[giver] ?? 0) < (lastUse[idlest] ?? 0))) idlest = giver;
    }
    return idlest;
  }

  private leave(group: Group, owner: number): void {
    group.members--;
    group.givers.set(owner, false);
    this.weigh(group, owner, -1);
    this.forget(group.number);
  }

  private pinned(owner: number): boolean {
    return ((this.stock.swarms.marks[owner] ?? 0) & pinnedMark) !== 0;
  }

  private weigh(group: Group, owner: number, sign: number): void {
    const bytes = sign * (this.stock.swarms.bytes[owner] ?? 0);
    group.bytes += bytes;
    if (this.pinned(owner)) group.pinnedBytes += bytes;
  }

  private take(number: number): Group {
    const found = this.groups.get(number);
    if (found !== undefined) return found;
    this.stock.swarms.noteUses();
    const group = { number, bytes: 0, pinnedBytes: 0, limitBytes: Infinity, members: 0, givers: new Roster() };
    this.groups.set(number, group);
    return group;
  }

  /** A group without limit and members is none. */
  private forget(number: number): void {
    const group = this.groups.get(number);
    if (group?.limitBytes === Infinity && group.members === 0) this.groups.delete(number);
  }
}
