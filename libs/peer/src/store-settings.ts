import { endpointDefaults } from '@weir/ppspp';
import { judgementDefaults, type Judgement, type LmdbStoreOptions } from '@weir/store';
import type { CrewSettings } from './crew';

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

/** What the store's writer is told of them. */
export function storeOptions(settings: StoreSettings & Pick<CrewSettings, 'storeDirectory'>): LmdbStoreOptions {
  const { storeDirectory: directory, storeCapacityBytes: capacityBytes, probationBytes = 0, judgement } = settings;
  const memory = Math.min(probationBytes, Math.floor(capacityBytes * probationShareMax));
  return { directory, capacityBytes, probationBytes: memory, judgement, recording: settings.recording };
}

/** Content of which the store would not keep all is not fetched whole unasked, nor what is very large. */
export function wholeBytesMax({ storeCapacityBytes, judgement }: StoreSettings): number {
  const { swarmShareMax } = { ...judgementDefaults, ...judgement };
  return Math.min(endpointDefaults.backgroundBytesMax, swarmShareMax * storeCapacityBytes);
}
