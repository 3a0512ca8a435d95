import { endpointDefaults } from '@weir/ppspp';
import {
  judgementDefaults,
  launchWriter,
  type Finding,
  type Judgement,
  type LmdbStoreOptions,
  type RunningWriter,
  type StoreMetrics,
  type StoreUsage,
} from '@weir/store';
import type { CrewSettings } from './crew';
import { DiskNotice } from './disk-notice';

/** How the store is told to keep content. */
export interface StoreSettings {
  readonly storeCapacityBytes: number;
  /** Memory for what has yet to prove that it is wanted, of which the store uses a tenth of its capacity at most; none when left out. */
  readonly probationBytes?: number;
  /** Where to record what subscribers ask for; nowhere, if absent. */
  readonly recording?: LmdbStoreOptions['recording'];
  /** How it is judged what to keep; by the defaults, where left out. */
  readonly judgement?: Partial<Judgement>;
  /** Bytes that the scrub of the store reads in a second; none, but when it is asked to, when left out. */
  readonly scrubRate?: number;
}

/** A tenth of the capacity is as much as memory takes from what is kept over a restart. */
const probationShareMax = 0.1;

/** Starts the store's writer, each time it is called; `tell` hears when the disk has no room for the capacity. */
export function storeLauncher(
  settings: StoreSettings & Pick<CrewSettings, 'storeDirectory'>,
  metrics: StoreMetrics,
  tell: (message: string) => void,
): (onFindings: (findings: readonly Finding[]) => void) => Promise<RunningWriter> {
  const notice = new DiskNotice(settings.storeDirectory, tell);
  return (onFindings) => {
    const onUsage = (usage: StoreUsage): void => notice.note(usage);
    return launchWriter(storeOptions(settings), metrics, { onFindings, onUsage });
  };
}

/** What the store's writer is told of them. */
function storeOptions(settings: StoreSettings & Pick<CrewSettings, 'storeDirectory'>): LmdbStoreOptions {
  const { storeDirectory: directory, storeCapacityBytes: capacityBytes, probationBytes = 0, judgement } = settings;
  const memory = Math.min(probationBytes, Math.floor(capacityBytes * probationShareMax));
  return { directory, capacityBytes, probationBytes: memory, judgement, recording: settings.recording };
}

/** Content of which the store would not keep all is not fetched whole unasked, nor what is very large. */
export function wholeBytesMax({ storeCapacityBytes, judgement }: StoreSettings): number {
  const { swarmShareMax } = { ...judgementDefaults, ...judgement };
  return Math.min(endpointDefaults.backgroundBytesMax, swarmShareMax * storeCapacityBytes);
}
