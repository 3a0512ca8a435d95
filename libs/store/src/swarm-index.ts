import type { SwarmId } from '@weir/ppspp';
import type { SwarmSummary } from './store';
import type { SwarmNews } from './writer-messages';

/**
 * The records on disk, as the writer tells of them: whoever may not wait for the disk asks here, not a reader. After the news of a
 * transaction it is what a reader would find. As many swarms as the writer's own account has.
 */
export class SwarmIndex {
  /** Resolves when all records were told for the first time; before, some may be missing here. */
  readonly known: Promise<void>;
  private settle: () => void = () => undefined;
  private swarms = new Map<SwarmId, SwarmSummary>();
  /** What a writer that took the place of another has told so far; undefined once it has told all. */
  private fresh: Map<SwarmId, SwarmSummary> | undefined;
  private whole = false;

  constructor() {
    this.known = new Promise((resolve) => (this.settle = resolve));
  }

  /** Whether all records were told at least once. What a writer that ended told stays known. */
  get isKnown(): boolean {
    return this.whole;
  }

  get size(): number {
    return this.swarms.size;
  }

  /** All of them, in no order. */
  all(): SwarmSummary[] {
    return [...this.swarms.values()];
  }

  has(swarmId: SwarmId): boolean {
    return this.swarms.has(swarmId);
  }

  find(swarmId: SwarmId): SwarmSummary | undefined {
    return this.swarms.get(swarmId);
  }

  /** Takes over what the writer tells. */
  apply({ stage, kept, gone }: SwarmNews): void {
    if (stage === 'begin') this.fresh = new Map();
    for (const summary of kept) {
      const { swarmId } = summary.record.metadata;
      this.swarms.set(swarmId, summary);
      this.fresh?.set(swarmId, summary);
    }
    for (const swarmId of gone) {
      this.swarms.delete(swarmId);
      this.fresh?.delete(swarmId);
    }
    if (stage === 'end') this.finish();
  }

  private finish(): void {
    this.swarms = this.fresh ?? this.swarms;
    this.fresh = undefined;
    this.whole = true;
    this.settle();
  }
}
