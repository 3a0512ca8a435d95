import { sourcePrefix } from './source-prefix';

/** A network that peers registered from. */
export interface Source {
  readonly prefix: string;
  /** How many are registered from there. */
  peers: number;
  /** In how many swarms they are, all together. */
  memberships: number;
  /** How many swarms one of them was the first in, that are still there. */
  swarms: number;
}

/** The networks that peers registered from, as long as there is something of theirs. */
export class Sources {
  private readonly sources = new Map<string, Source>();

  /** Of an address; it is kept with the first that is counted. */
  of(ip: string): Source {
    const prefix = sourcePrefix(ip);
    return this.sources.get(prefix) ?? { prefix, peers: 0, memberships: 0, swarms: 0 };
  }

  count(source: Source, what: 'peers' | 'memberships' | 'swarms', change: 1 | -1): void {
    source[what] += change;
    if (change > 0) this.sources.set(source.prefix, source);
    else if (source.peers + source.memberships + source.swarms === 0) this.sources.delete(source.prefix);
  }
}
