import type { OpenedContent, Want } from '../endpoint/effects';
import type { Channel } from '../channel/channel';
import type { Announcer } from './announcer';
import type { Completion } from './completion';
import type { Extent } from './content';
import type { SwarmContext } from './context';
import type { Demand } from './demand';
import type { Holdings } from './holdings';
import type { Intake } from './intake';
import { areAddressedAlike } from './metadata';
import type { Serving } from './serving';

/** What brings fetched extents into the store shares with its swarm. */
export interface StoringParts {
  readonly holdings: Holdings;
  readonly context: SwarmContext;
  readonly demand: Demand;
  readonly serving: Serving;
  readonly announcer: Announcer<Channel>;
  readonly completion: Completion;
  readonly want: () => Want;
}

/** Brings what was fetched into the store, and tells of it when it is there. */
export class Storing {
  constructor(private readonly parts: StoringParts) {}

  /** A fetched extent is complete and checked: who waits for it is served while it is written. */
  write(extent: Extent): void {
    const { holdings, serving, context, want } = this.parts;
    holdings.learnContentBytes(extent.index, extent.bytes.length);
    const record = holdings.record();
    if (record === undefined) return;
    if (want() === 'demand') serving.markFresh(extent.index);
    serving.shelve(extent);
    context.push({ kind: 'write', record, extent, blocks: holdings.takeDirty() });
  }

  /** It is stored. Refused by the store, it still serves subscribers, as long as it is in memory. */
  written(extent: number, stored: boolean, intake: Intake): void {
    const { holdings, context, demand, announcer, completion, want } = this.parts;
    // It was asked for before the swarm was closed and opened anew, and where it belongs is not known any more.
    if (extent >= (holdings.extentCount ?? 0)) return;
    demand.meet(extent);
    if (stored) context.counters.extentsWritten++;
    if (stored || want() !== 'none') {
      holdings.hold(extent, stored);
      announcer.announce(extent);
    } else holdings.everHeld.add({ first: extent, last: extent });
    intake.drop(extent);
    completion.gained();
    context.stirred(holdings.metadata.swarmId);
  }

  /** The store turns out to have more than it told: who waits for it is served, and nobody need send it. */
  found(content: OpenedContent | undefined, intake: Intake): void {
    const { holdings, context, demand, serving, announcer, completion } = this.parts;
    if (content === undefined || !areAddressedAlike(content.record.metadata, holdings.metadata)) return;
    const { held } = holdings;
    // What is complete in memory is on its way into the store, and checked as what it is there.
    const isNew = (extent: number): boolean => !held.has(extent) && !intake.isComplete(extent);
    const extents = content.extents.filter(isNew);
    if (!holdings.adopt({ ...content, extents })) return;
    for (const extent of extents.filter((one) => held.has(one))) {
      intake.drop(extent);
      if (demand.presses(extent)) serving.readAhead(extent);
      demand.meet(extent);
      announcer.announce(extent);
    }
    completion.gained();
    context.stirred(holdings.metadata.swarmId);
  }
}
