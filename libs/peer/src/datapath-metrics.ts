import { Counter, Gauge, type Registry } from 'prom-client';

/** What operators see of a datapath thread and of what it does with intercepted datagrams. Labels come from closed sets. */
export function createDatapathMetrics(registry: Registry) {
  const registers = [registry];
  return {
    servedBytes: new Counter({
      name: 'datapath_served_bytes_total',
      help: 'Content bytes sent to subscribers, by datapath thread. One far above the others: a swarm that everybody watches.',
      labelNames: ['thread'] as const,
      registers,
    }),
    handedOver: new Counter({
      name: 'datapath_handed_over_total',
      help: 'Datagrams that reached another datapath thread than theirs and were handed on.',
      registers,
    }),
    handoverDropped: new Counter({
      name: 'datapath_handover_dropped_total',
      help: 'Datagrams of the same that were dropped, because too many were on their way. A rise means a thread that is behind.',
      registers,
    }),
    overloads: new Counter({
      name: 'datapath_overloads_total',
      help: 'Times that a thread became overloaded. Meanwhile new intercepted flows are passed.',
      registers,
    }),
    overloaded: new Gauge({ name: 'datapath_overloaded', help: 'Threads that are overloaded now.', registers }),
    lag: new Gauge({
      name: 'datapath_lag_seconds',
      help: 'How late the timers of a datapath thread are in the mean, by thread.',
      labelNames: ['thread'] as const,
      registers,
    }),
    ...interceptionMetrics(registers),
  };
}

function interceptionMetrics(registers: Registry[]) {
  return {
    intercepted: new Counter({
      name: 'datapath_intercepted_total',
      help: 'Datagrams that were diverted to us on their way to somebody else.',
      registers,
    }),
    stray: new Counter({
      name: 'datapath_stray_total',
      help: 'Datagrams at the sockets for what is diverted that were meant for this machine, and dropped. A rise means somebody here sends to them.',
      registers,
    }),
    passed: new Counter({
      name: 'datapath_passed_total',
      help: 'Intercepted datagrams passed on unchanged, by what else is on their flow: shared with channels of ours, content or other.',
      labelNames: ['flow'] as const,
      registers,
    }),
    passFaults: new Counter({
      name: 'datapath_pass_faults_total',
      help: 'Intercepted datagrams that could not be passed on, by fault.',
      labelNames: ['fault'] as const,
      registers,
    }),
    flowsLost: new Counter({
      name: 'datapath_flows_lost_total',
      help: 'Times that a thread left all intercepted flows to their origins, by reason: revoked by the control thread, or stalled itself.',
      labelNames: ['reason'] as const,
      registers,
    }),
    unreadableExtents: new Counter({
      name: 'datapath_unreadable_extents_total',
      help: 'Stored extents that the disk did not give up. Any rise means a failing disk, or a file that was cut.',
      registers,
    }),
    discarded: new Counter({
      name: 'datapath_discarded_total',
      help: 'Intercepted datagrams dropped unanswered, because their flows were lost while they waited.',
      registers,
    }),
  };
}

/** The metrics of one datapath thread. */
export type DatapathMetrics = ReturnType<typeof createDatapathMetrics>;

/** What operators see of the datapath threads from the control thread. */
export function createCrewMetrics(registry: Registry) {
  const registers = [registry];
  return {
    askedBytes: new Counter({
      name: 'link_asked_bytes_total',
      help: 'Bytes asked for outside, with what their messages cost, by urgency. Counted where the outside link has a budget.',
      labelNames: ['urgency'] as const,
      registers,
    }),
    linkRate: new Gauge({
      name: 'link_rate_bytes',
      help: 'Bytes a second that may be asked for outside now: in total, in the background, of each peer. Infinite: no bound.',
      labelNames: ['bound'] as const,
      registers,
    }),
    threads: new Gauge({ name: 'datapath_threads', help: 'Datapath threads that run.', registers }),
    restarts: new Counter({
      name: 'datapath_restarts_total',
      help: 'Datapath threads that died and were replaced. Any rise is a fault of ours: the log has the reason.',
      registers,
    }),
  };
}

/** The metrics of all datapath threads together. */
export type CrewMetrics = ReturnType<typeof createCrewMetrics>;
