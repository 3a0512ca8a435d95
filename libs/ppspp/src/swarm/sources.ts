import type { Address } from '../endpoint/address';
import { limits } from '../limits';

/** What came from one peer. */
export interface SourceBytes {
  readonly address: Address;
  readonly bytes: number;
}

/** Tells apart what came from whom. Bounded: what further peers sent is not told apart. */
export class Sources {
  private readonly byKey = new Map<string, SourceBytes>();

  /** Content bytes came that proved right. */
  note({ key, address }: { readonly key: string; readonly address: Address }, more: number): void {
    const { bytes } = this.byKey.get(key) ?? { bytes: 0 };
    if (bytes === 0 && this.byKey.size >= limits.candidatesMax) return;
    this.byKey.set(key, { address, bytes: bytes + more });
  }

  /** A line for each peer. */
  list(): SourceBytes[] {
    return [...this.byKey.values()];
  }
}
