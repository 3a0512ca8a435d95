import type { Notice } from '@weir/ppspp';
import type { Finding } from '@weir/store';
import type { StoreTrouble } from './appliance-store';
import type { DatapathReport } from './datapath-messages';

/** Who hears of the appliance's peer, on the control thread. */
export interface AppliancePeerListener {
  onNotice(notice: Notice): void;
  /** Counters of one thread, by its name. */
  onReport(thread: string, report: DatapathReport): void;
  onTrouble(message: string): void;
  /** Damage to the store, which was dealt with. */
  onFinding?(finding: Finding): void;
  /** Rules may be lost; undefined: an operator says that they are as they should be. */
  onRulesLost?(finding: Finding | undefined): void;
  /** Intercepted flows went to their origins without being revoked. */
  onFlowsLost(): void;
  /** A datapath thread ended unasked, and is replaced: until then swarms of its are not served. */
  onEnded(thread: string, failure: unknown): void;
  /** All datapath threads run again. */
  onReplaced(): void;
  /** What is wrong with the store, as it is now; undefined if nothing is. Meanwhile nothing is stored, and what is on disk not served. */
  onStore(trouble: StoreTrouble | undefined): void;
  /** Datapath threads end again and again: the appliance cannot go on. */
  onFailure(failure: unknown): void;
}
