import { Counter, Gauge, type Registry } from 'prom-client';

/** How a connection ended. A closed set, so that it can label a metric. */
export const connectionEnds = ['closed', 'reset', 'unreachable', 'idle', 'crowded-out', 'refused', 'stopped'] as const;

/** One of `connectionEnds`. */
export type ConnectionEnd = (typeof connectionEnds)[number];

/** What the tracker intercept counts. Labels come from closed sets only. */
export function createTrackerInterceptMetrics(registry: Registry) {
  const registers = [registry];
  return {
    connections: new Gauge({
      name: 'intercept_tracker_connections',
      help: 'Connections of subscribers to trackers that run through the appliance now.',
      registers,
    }),
    ended: new Counter({
      name: 'intercept_tracker_connections_total',
      help: 'Connections to trackers that are over, by how: closed, reset, unreachable (the tracker), idle, crowded-out (by newer ones), refused (meant for the appliance itself), stopped.',
      labelNames: ['end'] as const,
      registers,
    }),
    exchanges: new Counter({
      name: 'intercept_tracker_exchanges_total',
      help: 'PPSTP requests that were answered through the appliance, by outcome: rewritten (the appliance was put first in a peer list) or unchanged.',
      labelNames: ['outcome'] as const,
      registers,
    }),
    passed: new Counter({
      name: 'intercept_tracker_passed_total',
      help: 'Connections that were passed byte for byte from some point on, by reason. Most other than not-ppstp and ended mean a broken or hostile client or tracker; load and memory mean too little room.',
      labelNames: ['reason'] as const,
      registers,
    }),
    asked: new Counter({
      name: 'intercept_tracker_asked_total',
      help: 'Swarms that subscribers asked a tracker for by FIND, or joined by CONNECT, once for each connection.',
      registers,
    }),
  };
}

/** The metrics of one tracker intercept. */
export type TrackerInterceptMetrics = ReturnType<typeof createTrackerInterceptMetrics>;
