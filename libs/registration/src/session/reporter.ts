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
  /** Whether the last request had no answer. */
  private failed = false;

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
    if (!this.failed) return this.send(identity, stats, false);
    // A keep-alive first: it tells a tracker that is gone from one that cuts long bodies off.
    const answer = await this.send(identity, [], true);
    if (stats.length === 0 || verdictOf(answer).kind !== 'accepted') return answer;
    this.heard(answer, verdictOf(answer));
    return this.send(identity, stats, true);
  }

  private async send(identity: Identity, stats: readonly StreamStats[], heard: boolean): Promise<Answer> {
    const { customs } = this.planner;
    let isHeard = heard;
    for (let sent = 0; ;) {
      const group = stats.slice(sent, sent + customs.statsMax);
      const answer = await this.client.statReport(group, identity);
      const verdict = verdictOf(answer);
      this.failed = verdict.kind === 'failed';
      if (verdict.kind === 'accepted') {
        isHeard = true;
        sent += group.length;
        this.planner.reported(identity, verdict.without);
        if (group.length === 0 || sent >= stats.length) return answer;
        this.heard(answer, verdict);
      } else {
        const isTooLong = group.length > 0 && mayBeTooLong(verdict, isHeard);
        if (isTooLong) customs.refusedStats(group.length, this.context.clock.now());
        if (!isTooLong || this.failed) return answer;
      }
    }
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

/** Who does not know us says 03. Who is gone does not answer; but who has just answered may have had enough of it. */
function mayBeTooLong(verdict: Exclude<Verdict, { kind: 'accepted' }>, heard: boolean): boolean {
  return verdict.kind === 'failed' ? heard && verdict.shorter : !verdict.forbidden && !verdict.operator;
}
