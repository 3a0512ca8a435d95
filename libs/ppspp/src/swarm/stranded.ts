import type { TreeNode } from '../addressing/node';
import type { HashTree } from '../integrity/hash-tree';
import { limits } from '../limits';
import type { Arrival } from './verification';

interface Held {
  readonly arrival: Arrival;
  /** The hash without which nothing can be said of it. */
  missing: TreeNode;
}

/**
 * Chunks that came before the hashes they rest on: those travel once, with an earlier chunk, and that one was lost, or is
 * being hashed away. Kept until it is here, so that one lost datagram does not cost all that rest on it.
 * RFC 7574 section 3.4: none of them is acknowledged before.
 */
export class Stranded {
  private readonly held = new Map<number, Held>();
  private bytes = 0;

  /** Keeps a chunk; false if there is no room, or nothing that could still come would help it. */
  hold(arrival: Arrival, tree: HashTree): boolean {
    const { chunk } = arrival;
    if (this.held.has(chunk) || this.held.size >= limits.strandedChunksMax) return false;
    if (this.bytes + arrival.bytes.length > limits.strandedBytesMax) return false;
    const missing = missingFor(arrival, tree);
    if (missing === undefined) return false;
    this.held.set(chunk, { arrival, missing });
    this.bytes += arrival.bytes.length;
    return true;
  }

  /** Takes out those of which all hashes are here by now. One look-up for each that has to wait. */
  take(tree: HashTree): Arrival[] {
    const ready: Arrival[] = [];
    for (const held of this.held.values()) {
      const { arrival, missing } = held;
      if (arrival.channel.closed) this.drop(arrival);
      else if (isHere(missing, arrival, tree)) {
        const next = missingFor(arrival, tree);
        if (next !== undefined) held.missing = next;
        else {
          this.drop(arrival);
          ready.push(arrival);
        }
      }
    }
    return ready;
  }

  private drop({ chunk, bytes }: Arrival): void {
    if (this.held.delete(chunk)) this.bytes -= bytes.length;
  }
}

function missingFor({ chunk, channel }: Arrival, tree: HashTree): TreeNode | undefined {
  return tree.missing(chunk, channel.downloader.proofs.proof);
}

function isHere({ height, index }: TreeNode, { channel }: Arrival, tree: HashTree): boolean {
  return (tree.at(height, index) ?? channel.downloader.proofs.proof(height, index)) !== undefined;
}
