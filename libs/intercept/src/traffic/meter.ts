import { lapseCauses, type HeartState } from '../heart/heart';
import type { Count } from '../kernel/inspect';
import type { InterceptMetrics } from '../metrics';
import {
  directions,
  families,
  interceptedCounter,
  passedCounter,
  passedFlows,
  hurriedCounter,
  spoofedCounter,
  trackerCounter,
} from '../rules/names';
import { PassedTraffic, type Wire } from './passed-traffic';

/** What was served so far, by all datapath threads. */
export interface Served extends Wire {
  /** Content bytes that were here before they were asked for, and that were not. */
  readonly hitBytes: number;
  readonly missBytes: number;
}

/** What passed, as far as it is known. */
export interface PassedEstimate {
  readonly contentBytes: number;
  /** Undefined while nobody has asked for anything. */
  readonly byteHitRatio: number | undefined;
}

/** Carries the kernel's counters and the heart's state over to metrics, and estimates what passed. */
export class InterceptMeter {
  private readonly traffic = new PassedTraffic();
  private told: Pick<HeartState, 'beatsFailed' | 'lapses'> | undefined;

  constructor(private readonly metrics: InterceptMetrics) {}

  /** Nothing is diverted while the rules are not there. */
  readCounters(counters: Readonly<Record<string, Count>>, served: Served): void {
    const before = this.traffic.contentBytes;
    const grown = this.traffic.read(counters, served);
    const { intercepted, passedPackets, passedBytes, passedContent } = this.metrics;
    this.countPackets(grown);
    passedContent.inc(this.traffic.contentBytes - before);
    for (const family of families) {
      intercepted.inc({ family }, grown[interceptedCounter(family)]?.packets ?? 0);
      for (const flow of passedFlows) {
        for (const direction of directions) {
          const { packets, bytes } = grown[passedCounter(flow, direction, family)] ?? { packets: 0, bytes: 0 };
          passedPackets.inc({ flow, direction, family }, packets);
          passedBytes.inc({ flow, direction, family }, bytes);
        }
      }
    }
    this.metrics.hitRatio.set(this.estimate(served).byteHitRatio ?? 0);
  }

  readHeart(state: HeartState, now: number): void {
    const { epoch, begunAt, beatsFailed, lapses } = state;
    this.metrics.epochAge.set(epoch === undefined ? 0 : (now - begunAt) / 1_000_000);
    this.metrics.beatsFailed.inc(beatsFailed - (this.told?.beatsFailed ?? 0));
    for (const cause of lapseCauses)
      this.metrics.lapses.inc({ cause }, lapses[cause] - (this.told?.lapses[cause] ?? 0));
    this.told = { beatsFailed, lapses };
  }

  /** How full the kernel's table of flows is, as files below `/proc` tell; nothing where they do not. */
  readTracking(read: (path: string) => string | undefined): void {
    const { tracked, trackedMax } = this.metrics;
    tracked.set(Number(read('sys/net/netfilter/nf_conntrack_count') ?? 0));
    trackedMax.set(Number(read('sys/net/netfilter/nf_conntrack_max') ?? 0));
  }

  private countPackets(grown: Readonly<Record<string, Count>>): void {
    const { trackerConnections, hurried, spoofed } = this.metrics;
    trackerConnections.inc(grown[trackerCounter]?.packets ?? 0);
    hurried.inc(grown[hurriedCounter]?.packets ?? 0);
    spoofed.inc(grown[spoofedCounter]?.packets ?? 0);
  }

  /** An estimate: see `PassedTraffic`. */
  estimate({ hitBytes, missBytes }: Served): PassedEstimate {
    const { contentBytes } = this.traffic;
    const asked = hitBytes + missBytes + contentBytes;
    return { contentBytes, byteHitRatio: asked === 0 ? undefined : hitBytes / asked };
  }
}
