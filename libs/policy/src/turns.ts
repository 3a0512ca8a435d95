import type { Audience } from './audience';
import { askedAgain, oneQueue } from './frequency';
import type { Ghosts } from './ghosts';
import { ghostsMin, ghostsPerSegment, joinsPerCallMax, reprievesPerCallMax } from './limits';
import type { Queue } from './queue';
import type { Residence } from './residence';

/**
 * Whose turn it is to leave, and who does. From probation and from main alike the oldest leave, but for those that were asked for
 * again, and those that somebody is coming to: a subscriber is behind them in their swarm, as close as was worth it of late.
 */
export class Turns {
  /** The segment that room is made for: it stays. */
  kept = 0;
  private reprieves = 0;

  constructor(
    private readonly residence: Residence,
    private readonly ghosts: Ghosts,
    private readonly audience: Audience,
  ) {}

  /** A resident segment was asked for, in a way that counts. */
  asked(row: number, probationShare: number): void {
    const { segments } = this.residence.stock;
    const ahead = segments.ahead(row);
    if (oneQueue(probationShare) && segments.queue(row) === this.residence.main.number) this.residence.main.renew(row);
    if (ahead === 0) {
      segments.setFrequency(row, askedAgain(segments.frequency(row), probationShare));
      return;
    }
    // That was expected, and says no more of the segment.
    this.audience.odds.learn(ahead, true);
    segments.setAhead(row, 0);
  }

  /** Makes `bytes` more fit into `capacityBytes`, as far as what is not pinned allows. */
  makeRoom(bytes: number, capacityBytes: number, probationShare: number): void {
    if (this.residence.bytes + bytes <= capacityBytes) return;
    if (oneQueue(probationShare)) this.join();
    const probationBytes = oneQueue(probationShare) ? Infinity : probationShare * capacityBytes;
    this.reprieves = 0;
    while (this.residence.bytes + bytes > capacityBytes) if (!this.step(probationBytes)) return;
    this.ghosts.fit(Math.max(ghostsMin, Math.ceil(this.residence.stock.segments.count * ghostsPerSegment)));
  }

  /** The swarm's oldest segment leaves, without a second chance; false if it has none but the one that stays. */
  evictOwn(owner: number): boolean {
    const { stock } = this.residence;
    const oldest = stock.oldestOf(owner);
    const row = oldest === this.kept ? stock.after(oldest) : oldest;
    if (row === 0) return false;
    this.residence.evict(row);
    return true;
  }

  /** Where there is but one queue, what is still on probation joins it, little by little: it is younger than most there. */
  private join(): void {
    const { probation, main, stock } = this.residence;
    for (let count = 0; count < joinsPerCallMax; count++) {
      const row = this.oldestOf(probation);
      if (row === 0) return;
      stock.segments.setFrequency(row, 0);
      this.residence.move(row, main);
    }
  }

  /** The next in turn leaves, or moves on to where it leaves later; false if there is none. */
  private step(probationBytes: number): boolean {
    const { probation, main } = this.residence;
    const young = this.oldestOf(probation);
    const old = this.oldestOf(main);
    if (young !== 0 && (probation.bytes > probationBytes || old === 0)) this.leaveProbation(young);
    else if (old !== 0) this.leaveMain(old);
    else return false;
    return true;
  }

  private leaveProbation(row: number): void {
    const { residence, ghosts } = this;
    const { segments } = residence.stock;
    if (segments.frequency(row) > 0) {
      segments.setFrequency(row, 0);
      residence.move(row, residence.main);
    } else if (this.expected(row)) {
      residence.move(row, residence.main);
    } else {
      if (!segments.unasked(row)) ghosts.put(segments.print(row));
      residence.evict(row);
    }
  }

  private leaveMain(row: number): void {
    const { residence, audience } = this;
    const { segments } = residence.stock;
    const frequency = segments.frequency(row);
    const ahead = segments.ahead(row);
    if (ahead !== 0) {
      audience.odds.learn(ahead, false);
      segments.setAhead(row, 0);
    }
    if (frequency > 0) segments.setFrequency(row, frequency - 1);
    else if (!this.expected(row)) {
      residence.evict(row);
      return;
    }
    residence.main.renew(row);
  }

  /** True if somebody is coming to the segment and it is worth the wait; then it is known that it stayed for that. */
  private expected(row: number): boolean {
    const { stock } = this.residence;
    if (this.reprieves >= reprievesPerCallMax) return false;
    const distance = this.audience.distance(
      stock.swarms.trail(stock.segments.swarm[row] ?? 0),
      stock.segments.segment(row),
    );
    if (!this.audience.odds.stay(distance)) return false;
    stock.segments.setAhead(row, distance);
    this.reprieves++;
    return true;
  }

  /** The segment of a queue whose turn it is, but for the one that stays. */
  private oldestOf(queue: Queue): number {
    if (queue.oldest === this.kept && this.kept !== 0) queue.renew(this.kept);
    return queue.oldest === this.kept ? 0 : queue.oldest;
  }
}
