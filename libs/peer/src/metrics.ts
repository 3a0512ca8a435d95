import { Counter, Gauge, type Registry } from 'prom-client';
import { second, urgencies, type Endpoint, type EndpointFault, type Refusal, type Urgency } from '@weir/ppspp';

/** What operators see of the peer protocol. One label, why datagrams were refused, from a closed set. */
export function createPeerMetrics(registry: Registry) {
  const registers = [registry];
  return {
    ...byteMetrics(registers),
    writtenExtents: new Counter({ name: 'ppspp_written_extents_total', help: 'Fetched extents stored.', registers }),
    corruptExtents: new Counter({
      name: 'ppspp_corrupt_extents_total',
      help: 'Stored extents that were not what had been stored, or that nothing proves any more, and were removed. Any rise means a failing disk or memory.',
      registers,
    }),
    faults: new Counter({
      name: 'ppspp_faults_total',
      help: 'Datagrams, or parts of them, that had no effect, by fault. A rise means a broken or hostile peer.',
      labelNames: ['fault'] as const,
      registers,
    }),
    refusedPeers: new Counter({
      name: 'ppspp_refused_peers_total',
      help: 'Peers that a tracker, another peer, a subscriber or an operator named and that are not called, by reason.',
      labelNames: ['reason'] as const,
      registers,
    }),
    deferredSeconds: new Counter({
      name: 'ppspp_fetch_deferred_seconds_total',
      help: 'Time in which something was to be fetched and the budget of the outside link let it wait, by urgency.',
      labelNames: ['urgency'] as const,
      registers,
    }),
    ...servingMetrics(registers),
    channels: new Gauge({ name: 'ppspp_channels', help: 'Channels open or opening.', registers }),
    halfOpen: new Gauge({ name: 'ppspp_half_open_channels', help: 'Channels of unproven initiators.', registers }),
    swarms: new Gauge({ name: 'ppspp_swarms', help: 'Swarms with a channel, or just without.', registers }),
  };
}

function byteMetrics(registers: Registry[]) {
  return {
    fetchedBytes: new Counter({
      name: 'ppspp_fetched_bytes_total',
      help: 'Content bytes fetched from external peers and verified: cache-in.',
      registers,
    }),
    servedBytes: new Counter({
      name: 'ppspp_served_bytes_total',
      help: 'Content bytes sent to subscribers, each once however often it was lost: cache-out.',
      registers,
    }),
    guestBytes: new Counter({
      name: 'ppspp_guest_bytes_total',
      help: 'Content bytes sent to siblings and to strangers: neither in cache-out nor in the byte hit ratio.',
      registers,
    }),
    hitBytes: new Counter({
      name: 'ppspp_hit_bytes_total',
      help: 'Content bytes served that were here before they were asked for; with the misses, the byte hit ratio.',
      registers,
    }),
    missBytes: new Counter({
      name: 'ppspp_miss_bytes_total',
      help: 'Content bytes served that had to be fetched first.',
      registers,
    }),
    repeatedBytes: new Counter({
      name: 'ppspp_repeated_bytes_total',
      help: 'Content bytes sent again because they were lost on their way. A rise means a congested or lossy path.',
      registers,
    }),
    duplicateBytes: new Counter({
      name: 'ppspp_duplicate_bytes_total',
      help: 'Content bytes that arrived although they were here.',
      registers,
    }),
  };
}

function servingMetrics(registers: Registry[]) {
  return {
    servedDatagrams: new Counter({
      name: 'ppspp_served_datagrams_total',
      help: 'Datagrams sent on channels that are served, control messages and repetitions included.',
      registers,
    }),
    servedDatagramBytes: new Counter({
      name: 'ppspp_served_datagram_bytes_total',
      help: 'Payload bytes of the same: what serving costs beside the content.',
      registers,
    }),
    answeredHandshakes: new Counter({
      name: 'ppspp_answered_handshakes_total',
      help: 'Intercepted HANDSHAKEs that were answered, each channel counted once.',
      registers,
    }),
    passedHandshakes: new Counter({
      name: 'ppspp_passed_handshakes_total',
      help: 'Intercepted HANDSHAKEs that were left to whom they were meant for, by fault.',
      labelNames: ['fault'] as const,
      registers,
    }),
  };
}

/** The metrics of one datapath thread. */
export type PeerMetrics = ReturnType<typeof createPeerMetrics>;

type Total = Exclude<
  keyof PeerMetrics,
  'faults' | 'deferredSeconds' | 'refusedPeers' | 'passedHandshakes' | 'channels' | 'halfOpen' | 'swarms'
>;

type Counted = Total | `deferred ${Urgency}` | EndpointFault | `refused ${Refusal}` | `passed ${EndpointFault}`;

const totalNames: readonly Total[] = [
  'fetchedBytes',
  'servedBytes',
  'guestBytes',
  'hitBytes',
  'missBytes',
  'repeatedBytes',
  'duplicateBytes',
  'writtenExtents',
  'corruptExtents',
  'servedDatagrams',
  'servedDatagramBytes',
  'answeredHandshakes',
];

/** Carries an endpoint's plain counters over to metrics: each call adds what was counted since the last. */
export class PeerMeter {
  private readonly told = new Map<Counted, number>();

  constructor(
    private readonly metrics: PeerMetrics,
    private readonly endpoint: Endpoint,
  ) {}

  observe(): void {
    const { counters, channels, swarms } = this.endpoint;
    const totals: Readonly<Record<Total, number>> = {
      fetchedBytes: counters.fetchedBytes,
      servedBytes: counters.servedBytes,
      guestBytes: counters.guestBytes,
      hitBytes: counters.hitBytes,
      missBytes: counters.missBytes,
      repeatedBytes: counters.repeatedBytes,
      duplicateBytes: counters.duplicateBytes,
      writtenExtents: counters.extentsWritten,
      corruptExtents: counters.extentsCorrupt,
      servedDatagrams: counters.servedDatagrams,
      servedDatagramBytes: counters.servedDatagramBytes,
      answeredHandshakes: counters.answeredHandshakes,
    };
    for (const name of totalNames) this.metrics[name].inc(this.since(name, totals[name]));
    for (const [fault, count] of counters.faults) this.metrics.faults.inc({ fault }, this.since(fault, count));
    for (const [reason, count] of counters.refusedPeers)
      this.metrics.refusedPeers.inc({ reason }, this.since(`refused ${reason}`, count));
    for (const [fault, count] of counters.passedHandshakes)
      this.metrics.passedHandshakes.inc({ fault }, this.since(`passed ${fault}`, count));
    for (const urgency of urgencies) {
      const more = this.since(`deferred ${urgency}`, this.endpoint.deferredFor(urgency));
      this.metrics.deferredSeconds.inc({ urgency }, more / second);
    }
    this.metrics.channels.set(channels.size);
    this.metrics.halfOpen.set(this.endpoint.halfOpenSize);
    this.metrics.swarms.set(swarms.size);
  }

  private since(name: Counted, total: number): number {
    const more = total - (this.told.get(name) ?? 0);
    this.told.set(name, total);
    return more;
  }
}
