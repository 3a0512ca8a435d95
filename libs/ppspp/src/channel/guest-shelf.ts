import { extentChunks } from '../swarm/content';
import type { ServeBound, Shelf } from './shelf';

/** A swarm as somebody sees it who is no subscriber. */
export interface OpenShelf {
  readonly shelf: Shelf;
  readonly holdings: { readonly held: { has(extent: number): boolean } };
  readonly guests: { served(bytes: number): void };
}

/**
 * What is here for those who are no subscribers: what they ask for beyond it is not fetched for their sake, and what they get is
 * counted apart.
 */
export class GuestShelf implements Shelf {
  constructor(private readonly swarm: OpenShelf) {}

  get chunkCount(): number | undefined {
    return this.swarm.shelf.chunkCount;
  }

  get bound(): ServeBound | undefined {
    return this.swarm.shelf.bound;
  }

  chunk(chunk: number): Uint8Array | undefined {
    return this.swarm.holdings.held.has(Math.floor(chunk / extentChunks)) ? this.swarm.shelf.chunk(chunk) : undefined;
  }

  readAhead(extent: number): void {
    this.swarm.shelf.readAhead(extent);
  }

  hash(height: number, index: number): Uint8Array | undefined {
    return this.swarm.shelf.hash(height, index);
  }

  served(_: number, bytes: number, isRepeat: boolean): void {
    if (!isRepeat) this.swarm.guests.served(bytes);
  }
}
