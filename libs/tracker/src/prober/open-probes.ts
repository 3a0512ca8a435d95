import { randomBytes } from 'node:crypto';
import type { Tracker } from '@weir/ppstp';
import type { Catalogue } from '../catalogue/catalogue';
import { monotonicMicros } from '../clock';
import { countProbes, type ProbeMetrics } from './metrics';
import { ProbePort } from './probe-port';

/** Whose addresses are proven, and what is known of their swarms. */
export interface ProbedParts {
  readonly tracker: Tracker;
  readonly catalogue: Catalogue;
  readonly metrics: ProbeMetrics;
  readonly allowLoopback: boolean;
  /** Told what is worth knowing and stops nothing. */
  readonly warn: (message: string) => void;
}

/** Proves addresses to a tracker. Undefined where no socket is to be had: then requests alone prove addresses. Never rejects. */
export async function openProbes(parts: ProbedParts): Promise<ProbePort | undefined> {
  const { tracker, catalogue, metrics, allowLoopback, warn } = parts;
  const metadataOf = (swarmId: string) => {
    const form = catalogue.find(swarmId)?.metadata;
    if (form === undefined) return undefined;
    const { hash, addressing, chunkSize } = form;
    return { swarmId, hash, addressing, chunkSize };
  };
  const random = () => randomBytes(4).readUInt32BE();
  try {
    return await ProbePort.open(
      { allowLoopback, metadataOf, random, observe: countProbes(metrics) },
      (peerId, address) => tracker.prove(peerId, address, monotonicMicros()),
    );
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    warn(`addresses of peers are proven by their requests alone, for there is no UDP socket: ${reason}`);
    return undefined;
  }
}
