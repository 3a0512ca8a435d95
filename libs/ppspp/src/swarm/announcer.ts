import type { Channel } from '../channel/channel';
import { limits, type Micros } from '../limits';
import type { Holdings } from './holdings';
import type { Members } from './members';

/** Tells peers what is here. RFC 7574 section 3.2. */
export class Announcer {
  constructor(
    private readonly holdings: Holdings,
    private readonly members: Members,
    private readonly touch: (channel: Channel) => void,
  ) {}

  /** Everything that it has not got itself, to one peer. RFC 7574 section 3.2. */
  announceAll(channel: Channel, now: Micros): void {
    if (!channel.serves || this.holdsBack(channel)) return;
    channel.uploader.announcedAt = now;
    for (const run of this.holdings.held.runs().slice(0, limits.availabilityRunsMax)) {
      const range = this.holdings.chunksOf(run);
      channel.uploader.announced.add(run);
      if (!channel.uploader.known.covers(range)) channel.tell({ type: 'have', range });
    }
    this.touch(channel);
  }

  /** Everything, to those who were told nothing while the content's size was in doubt. */
  announceHeldBack(): void {
    for (const channel of this.members.subscribers())
      if (channel.fetches) this.announceAll(channel, channel.uploader.announcedAt);
  }

  /** An extent that has come, with the biggest interval around it. RFC 7574 section 4.3.1. */
  announce(extent: number): void {
    const run = this.holdings.held.runAt(extent);
    if (run === undefined) return;
    const range = this.holdings.chunksOf(run);
    for (const channel of this.members.subscribers()) {
      if (channel.uploader.known.covers(range) || this.holdsBack(channel)) continue;
      channel.uploader.announced.add(run);
      channel.tell({ type: 'have', range });
      this.touch(channel);
    }
  }

  /** A peer that hears what we have takes us to know the peak hashes, and sends none: in doubt we need its own. */
  private holdsBack({ fetches }: Channel): boolean {
    return fetches && this.holdings.tree.doubtful;
  }

  /**
   * A peer that says nothing but that it is there may not know what it could ask for: a HAVE is never acknowledged. If it
   * knows all that is here, it waits for what is not: then it counts as not told of anything, so that it is fetched.
   */
  remind(channel: Channel, now: Micros): void {
    if (!channel.serves || now - channel.uploader.announcedAt < limits.reminder) return;
    const { known } = channel.uploader;
    const knowsAll = this.holdings.runs().every((range) => known.covers(range));
    if (!knowsAll) this.announceAll(channel, now);
    else if (!this.holdings.complete) channel.uploader.announced.clear();
  }
}
