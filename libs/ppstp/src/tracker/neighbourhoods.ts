import type { Membership } from './peer-registration';
import { type Random, sampleIndexes } from './sample';

/** The members from one source prefix. Most have one. */
interface Neighbourhood {
  place: number;
  readonly members: Membership[];
}

/**
 * The members of a large swarm by source prefix, so that a list can have members of many networks however many come from
 * one: whoever registers thousands of peers from his network is one among the networks still.
 */
export class Neighbourhoods {
  private readonly byPrefix = new Map<string, Neighbourhood>();
  private readonly order: Neighbourhood[] = [];

  add(member: Membership): void {
    const { prefix } = member.peer.source;
    const near = this.byPrefix.get(prefix);
    member.placeNear = near?.members.length ?? 0;
    if (near === undefined) this.found(prefix, member);
    else near.members.push(member);
  }

  delete(member: Membership): void {
    const { prefix } = member.peer.source;
    const near = this.byPrefix.get(prefix);
    const last = near?.members.pop();
    if (near === undefined || last === undefined) return;
    if (last !== member) {
      near.members[member.placeNear] = last;
      last.placeNear = member.placeNear;
    }
    if (near.members.length === 0) this.dissolve(prefix, near);
  }

  /** A random member of a random prefix. */
  draw(random: Random): Membership | undefined {
    const members = this.order[Math.floor(random() * this.order.length)]?.members ?? [];
    return members[Math.floor(random() * members.length)];
  }

  /** Random members of one prefix. */
  around(prefix: string, count: number, random: Random): Membership[] {
    return sampleOf(this.byPrefix.get(prefix)?.members ?? [], count, random);
  }

  /**
   * Random members, so many together, of as many random prefixes: a prefix has two only where each of them has one or none
   * is left of it, and so on. Costs what it draws.
   */
  spread(count: number, random: Random): Membership[] {
    const chosen = sampleIndexes(this.order.length, count, random).map((at) => this.order[at]?.members ?? []);
    const each = levelOf(chosen, count);
    const parts = chosen.map((members) => sampleOf(members, each, random));
    const even: Membership[] = [];
    for (let round = 0; round < each && even.length < count; round++)
      for (const part of parts) even.push(...part.slice(round, round + 1));
    return even.slice(0, count);
  }

  private found(prefix: string, member: Membership): void {
    // A literal has room for one; `push` would make room for many.
    const near = { place: this.order.length, members: [member] };
    this.byPrefix.set(prefix, near);
    this.order.push(near);
  }

  private dissolve(prefix: string, near: Neighbourhood): void {
    this.byPrefix.delete(prefix);
    const last = this.order.pop();
    if (last === undefined || last === near) return;
    this.order[near.place] = last;
    last.place = near.place;
  }
}

function sampleOf(members: readonly Membership[], count: number, random: Random): Membership[] {
  return sampleIndexes(members.length, count, random).flatMap((at) => members[at] ?? []);
}

/** How many of each list make `count` together, or all: less than twice what is needed. */
function levelOf(lists: readonly (readonly Membership[])[], count: number): number {
  let level = Math.ceil(count / Math.max(1, lists.length));
  while (level < count && lists.reduce((sum, { length }) => sum + Math.min(length, level), 0) < count) level *= 2;
  return level;
}
