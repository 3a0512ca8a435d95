import { sourcePrefix } from './source-prefix';

/** A network that peers registered from. */
export interface Source {
  readonly prefix: string;
  /** How many are registered from there. */
  peers: number;
}

/** The networks that peers registered from, as long as there are peers. */
export class Sources {
  private readonly sources = new Map<string, Source>();

  /** Of an address; it is kept with its first peer. */
  of(ip: string): Source {
    const prefix = sourcePrefix(ip);
    return this.sources.get(prefix) ?? { prefix, peers: 0 };
  }

  enter(source: Source): void {
    if (source.peers++ === 0) this.sources.set(source.prefix, source);
  }

  leave(source: Source): void {
    if (--source.peers === 0) this.sources.delete(source.prefix);
  }
}
