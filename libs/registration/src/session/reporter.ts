import type { StreamStats } from '@weir/ppstp';

import type { Answer } from '../client/ppstp-client';
import type { Clock } from '../clock';
import type { Identity } from './identities';
import type { Planner } from './planner';
import type { SessionClient } from './session-client';
import { type Verdict, verdictOf } from './verdict';

/** What a reporter is told once. */
export interface ReporterContext {
  readonly clock: Clock;
  /** What we have done in our swarms; never rejects. */
  stats(): Promise<readonly StreamStats[]>;
}

/** Sends the STAT_REPORTs of the identities at one tracker, and tells the planner what it learns by their answers. */
export class Reporter {
  /** Statistics of the report that had no answer, until as many are accepted. */
  private cut = 0;
  /** Whether another report was accepted since. */
  private isHeard = false;

  constructor(
    private readonly planner: Planner,
    private readonly client: Pick<SessionClient, 'statReport'>,
    private readonly context: ReporterContext,
    /** Told of each answer but the last of a report. */
    private readonly heard: (answer: Answer, verdict: Verdict) => void,
  ) {}

  /**
   * STAT_REPORT, which "MUST be sent periodically" (RFC 7846 section 2.2), in as many requests as it needs; a keep-alive
   * if there is nothing to report. Returns the last answer, or the first that is no acceptance.
   */
  async report(identity: Identity): Promise<Answer> {
    const stats = statsOf(identity, await this.context.stats());
    // After a failure a keep-alive comes first: it tells a tracker that is gone from one that cuts long bodies off.
    if (this.cut > 0 && !this.isHeard && stats.length > 0) {
      const answer = await this.send(identity, []);
      if (verdictOf(answer).kind !== 'accepted') return answer;
      this.heard(answer, verdictOf(answer));
    }
    return this.send(identity, stats);
  }

  private async send(identity: Identity, stats: readonly StreamStats[]): Promise<Answer> {
    const { customs } = this.planner;
    for (let sent = 0; ;) {
      const group = stats.slice(sent, sent + customs.statsMax);
      const answer = await this.client.statReport(group, identity);
      const verdict = verdictOf(answer);
      if (verdict.kind === 'accepted') {
        sent += group.length;
        this.accepted(identity, group.length, verdict.without);
        if (group.length === 0 || sent >= stats.length) return answer;
        this.heard(answer, verdict);
      } else if (this.learns(verdict, group.length) && verdict.kind === 'refused') continue;
      else return answer;
    }
  }

  private accepted(identity: Identity, count: number, without: ReadonlySet<string>): void {
    this.isHeard = true;
    if (count >= this.cut) this.cut = 0;
    this.planner.reported(identity, without);
  }

  /** Whether so many statistics were too many, as far as one can tell; then there are fewer next time. */
  private learns(verdict: Exclude<Verdict, { kind: 'accepted' }>, count: number): boolean {
    const isTooLong =
      verdict.kind === 'failed'
        ? verdict.shorter && this.isHeard && this.cut > 0 && count >= this.cut
        : !verdict.forbidden && !verdict.operator;
    if (verdict.kind === 'failed') {
      this.isHeard = false;
      if (count > 0) this.cut = count;
    }
    if (isTooLong && count > 0) this.planner.customs.refusedStats(count, this.context.clock.now());
    return isTooLong && count > 0;
  }
}

/** The statistics of its swarms; of all of them if it may be that the tracker has it in fewer. */
function statsOf({ swarms, unsure }: Identity, stats: readonly StreamStats[]): readonly StreamStats[] {
  const own = stats.filter(({ swarmId }) => swarms.has(swarmId));
  if (!unsure) return own;
  const counted = new Set(own.map(({ swarmId }) => swarmId));
  const others = [...swarms].filter((swarmId) => !counted.has(swarmId));
  return [...own, ...others.map((swarmId) => ({ swarmId, ...nothingDone }))];
}

const nothingDone = { uploadedBytes: 0, downloadedBytes: 0, availableBandwidth: 0, concurrentLinks: 0 };
