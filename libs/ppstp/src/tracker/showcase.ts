import type { PeerMode } from '../message/request';
import { Neighbourhoods } from './neighbourhoods';
import type { Membership } from './peer-registration';
import type { Roster } from './roster';
import type { Random } from './sample';

/** Members in a showcase, by how they are drawn, and how many of each are drawn anew for an answer. */
const sizes = { uniform: 24, diverse: 32, mode: 16 } as const;
const turns = { uniform: 2, diverse: 1, mode: 1 } as const;

/** The swarm that a showcase is of. */
interface Shown {
  readonly seeders: Roster<Membership>;
  readonly leeches: Roster<Membership>;
  readonly peers: number;
  peer(at: number): Membership | undefined;
}

/**
 * Random members of a large swarm, each kept for some answers: to draw all anew for each answer would touch memory that no
 * cache holds, in a swarm of a million for hundreds of microseconds. Nobody outside decides who is drawn, or when.
 */
export class Showcase {
  readonly neighbourhoods = new Neighbourhoods();
  /** Drawn from all. */
  private readonly uniform: Ring;
  /** Drawn from all networks alike. */
  private readonly diverse: Ring;
  private readonly byMode: Readonly<Record<PeerMode, Ring>>;

  constructor(swarm: Shown) {
    const { seeders, leeches } = swarm;
    this.uniform = new Ring(sizes.uniform, (random) => swarm.peer(Math.floor(random() * swarm.peers)));
    this.diverse = new Ring(sizes.diverse, (random) => this.neighbourhoods.draw(random));
    this.byMode = {
      SEEDER: new Ring(sizes.mode, (random) => seeders.at(Math.floor(random() * seeders.size))),
      LEECH: new Ring(sizes.mode, (random) => leeches.at(Math.floor(random() * leeches.size))),
    };
  }

  /** Each equally likely any member of the swarm; the one drawn last first. */
  random(random: Random): readonly Membership[] {
    this.uniform.turn(turns.uniform, random);
    return this.uniform.newestFirst();
  }

  /** Candidates for a peer that lacks members of a mode; some may be there twice. */
  candidates(lacked: PeerMode, random: Random): Membership[] {
    this.diverse.turn(turns.diverse, random);
    this.byMode[lacked].turn(turns.mode, random);
    return this.diverse.members.concat(this.byMode[lacked].members, this.uniform.members);
  }
}

/** Members that were drawn last, so many; who left since is among them till another takes its place. */
class Ring {
  readonly members: Membership[] = [];
  private next = 0;

  constructor(
    private readonly size: number,
    private readonly draw: (random: Random) => Membership | undefined,
  ) {}

  /** Draws so many anew, or as many as are missing. */
  turn(count: number, random: Random): void {
    const draws = Math.max(count, this.size - this.members.length);
    for (let left = draws; left > 0; left--) {
      const drawn = this.draw(random);
      if (drawn === undefined) return;
      this.members[this.next] = drawn;
      this.next = (this.next + 1) % this.size;
    }
  }

  newestFirst(): readonly Membership[] {
    const { length } = this.members;
    const members: Membership[] = [];
    for (let age = 1; age <= length; age++) {
      const member = this.members[(this.next + length - age) % length];
      if (member !== undefined) members.push(member);
    }
    return members;
  }
}
