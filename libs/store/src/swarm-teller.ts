import type { MessagePort } from 'node:worker_threads';
import type { SwarmId } from '@weir/ppspp';
import { toldSwarmsMax } from './limits';
import type { SwarmRecords, SwarmSummary } from './store';
import type { ClientReply, SwarmNews } from './writer-messages';

/** Where a follower hears. */
type Follower = Pick<MessagePort, 'postMessage'>;

/**
 * Tells those who follow which swarms have a record: at first all that there are, some at a time, and after each transaction those
 * whose record it changed, as it is now.
 */
export class SwarmTeller {
  private readonly followers = new Set<Follower>();

  constructor(
    private readonly records: SwarmRecords,
    private readonly atOnceMax = toldSwarmsMax,
  ) {}

  /** From now on a client hears of every record. */
  begin(client: Follower): void {
    this.followers.add(client);
    tell(client, { stage: 'begin', kept: [], gone: [] });
    this.tellSome(client, this.records.all());
  }

  end(client: Follower): void {
    this.followers.delete(client);
  }

  /** A transaction is done. */
  tellChanges(): void {
    const changed = this.records.drain();
    if (changed.length === 0 || this.followers.size === 0) return;
    const kept = this.summaries(changed);
    const there = new Set(kept.map(({ record }) => record.metadata.swarmId));
    const gone = changed.filter((swarmId) => !there.has(swarmId));
    for (const client of this.followers) tell(client, { kept, gone });
  }

  /** What left since `rest` was listed was told as gone, and what came as new. */
  private tellSome(client: Follower, rest: SwarmId[]): void {
    if (!this.followers.has(client)) return;
    const kept = this.summaries(rest.splice(-this.atOnceMax));
    if (rest.length === 0) return tell(client, { stage: 'end', kept, gone: [] });
    tell(client, { kept, gone: [] });
    setImmediate(() => this.tellSome(client, rest));
  }

  private summaries(swarmIds: readonly SwarmId[]): SwarmSummary[] {
    return swarmIds.map((swarmId) => this.records.summary(swarmId)).filter((summary) => summary !== undefined);
  }
}

function tell(client: Follower, news: SwarmNews): void {
  const reply: ClientReply = { type: 'swarms', news };
  client.postMessage(reply);
}
