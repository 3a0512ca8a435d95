import type { Micros } from '@weir/ppspp';
import { restartSpan, restartsMax } from './limits';

/** How often datapath threads may be replaced: one that dies at each start would only hide what is wrong. */
export class RestartBudget {
  private restarts: readonly Micros[] = [];

  /** Takes one restart; false if there were too many of late, and it does not count. */
  take(now: Micros): boolean {
    const recent = this.restarts.filter((at) => at > now - restartSpan);
    if (recent.length >= restartsMax) return false;
    this.restarts = [...recent, now];
    return true;
  }
}
