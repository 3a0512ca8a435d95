import type { SwarmId } from '@weir/ppspp';
import { summaryOf } from './keys';
import type { Ledger } from './ledger';
import type { SwarmRecords, SwarmSummary } from './store';

/** The swarms whose records are on disk, as the writer knows them without looking. */
export class WrittenSwarms implements SwarmRecords {
  /** Each of them once, however often it changed: as many as one transaction touches, where somebody drains. */
  private changes = new Set<SwarmId>();

  constructor(private readonly ledger: Ledger) {}

  /** A record was written, or removed. */
  note(swarmId: SwarmId): void {
    this.changes.add(swarmId);
  }

  all(): SwarmId[] {
    return Array.from(this.ledger.all(), ({ swarmId }) => swarmId);
  }

  drain(): readonly SwarmId[] {
    const changed = [...this.changes];
    this.changes.clear();
    return changed;
  }

  summary(swarmId: SwarmId): SwarmSummary | undefined {
    const swarm = this.ledger.swarm(swarmId);
    // A use that is not worth a transaction is in memory alone.
    return swarm && { ...summaryOf(this.ledger.entry(swarm)), lastUse: swarm.lastUseKept };
  }
}
