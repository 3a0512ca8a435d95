import { machineMicros } from '@weir/datagram';
import type { AppliancePeerListener } from './appliance-listener';
import type { ApplianceStore } from './appliance-store';
import type { CrewListener } from './crew';
import type { CrewMetrics } from './datapath-metrics';
import type { IntegrityDesk } from './integrity-desk';
import type { PastTotals } from './past-totals';
import type { TrafficTotals } from './swarm-traffic';
import type { Uplink } from './uplink';

/** Who on the control thread hears of the threads, beside the listener. */
export interface Hearers {
  readonly store: Pick<ApplianceStore, 'noteSlow'>;
  /** What threads did that have ended. */
  readonly past: PastTotals;
  readonly traffic: TrafficTotals;
  readonly uplink: Uplink;
  readonly integrity: IntegrityDesk;
}

/** Passes on what the threads tell, under their names. */
export function crewListener(
  listener: AppliancePeerListener,
  { past, traffic, uplink, store, integrity }: Hearers,
  metrics: CrewMetrics,
  threads: number,
): CrewListener {
  metrics.threads.set(threads);
  return {
    onNotice: (notice) => {
      integrity.hear(notice);
      listener.onNotice(notice);
    },
    onDamage: (finding) => integrity.note([finding]),
    onTrouble: (message) => listener.onTrouble(message),
    onFlowsLost: () => listener.onFlowsLost(),
    onStoreSlow: (slow) => store.noteSlow(slow),
    onReport: (thread, report) => {
      traffic.add(report.traffic);
      uplink.note(thread, report.servedDatagramBytes + report.guestDatagramBytes, machineMicros());
      listener.onReport(nameOf(thread), report);
    },
    onEnded: (thread, failure, last) => {
      if (last !== undefined) past.add(last);
      metrics.threads.dec();
      metrics.restarts.inc();
      listener.onEnded(nameOf(thread), failure);
    },
    onReplaced: () => {
      metrics.threads.set(threads);
      listener.onReplaced();
    },
  };
}

function nameOf(thread: number): string {
  return `datapath-${String(thread)}`;
}
