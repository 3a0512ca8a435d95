import { limits, type PeerMode } from '@weir/ppstp';

/** How long a tracker is held to what it was found to allow: by then it may be another. */
const customsMillis = 86_400_000;

/** Registrations in a row that ended with a JOIN while TRACKING, after which that is taken for the tracker's custom. */
const suspicionsMax = 2;

/**
 * What a tracker was found to allow, beyond what RFC 7846 makes sure of. Everyone is taken to be as lenient as ours at
 * first: as many swarms in one CONNECT as fit, and LEECH JOINs while TRACKING. Who reads table 6 to the letter, or has a
 * bound on bodies, shows it by refusing, and is asked for less from then on.
 */
export class Customs {
  private readonly batch: Record<PeerMode, number> = { SEEDER: 0, LEECH: 0 };
  private readonly accepted: Record<PeerMode, number> = { SEEDER: 0, LEECH: 0 };
  private suspicions = 0;
  private joinsAllowed = true;
  private since: number | undefined;
  private stats: number = limits.statsPerReportMax;
  /** Whether a registration was seen to outlive the LEAVE of one of its swarms. */
  leaveSurvived = false;

  constructor() {
    this.reset();
  }

  /** Swarms that one CONNECT from START may join. */
  batchMax(mode: PeerMode): number {
    return this.batch[mode];
  }

  /** Whether a LEECH may join another swarm while TRACKING; a tracker that allows one at START allows no second later. */
  get joinsWhileTracking(): boolean {
    return this.joinsAllowed && this.batch.LEECH > 1;
  }

  /** Statistics that one STAT_REPORT may have; with 0 it is a sign of life alone. */
  get statsMax(): number {
    return this.stats;
  }

  refusedStats(count: number, now: number): void {
    this.stats = Math.min(this.stats, Math.floor(count / 2));
    this.since ??= now;
  }

  acceptedBatch(mode: PeerMode, size: number): void {
    this.accepted[mode] = Math.max(this.accepted[mode], size);
  }

  /** Fewer from now on, unless as many were accepted before: then it is these swarms that are refused. */
  refusedBatch(mode: PeerMode, size: number, now: number): void {
    if (size <= this.accepted[mode]) return;
    this.batch[mode] = Math.min(this.batch[mode], Math.max(this.accepted[mode], Math.ceil(size / 2)));
    this.since ??= now;
  }

  acceptedJoin(): void {
    this.suspicions = 0;
  }

  /** A JOIN while TRACKING was refused, and the registration was gone: by that, or by a restart just before. */
  suspectJoins(now: number): void {
    this.suspicions++;
    if (this.suspicions >= suspicionsMax) this.forbidJoins(now);
  }

  /** It is certain: what was refused while TRACKING was accepted from START. */
  forbidJoins(now: number): void {
    this.joinsAllowed = false;
    this.since ??= now;
  }

  /** Tries for more again if it was long ago that less was learned. */
  relearn(now: number): void {
    if (this.since !== undefined && now - this.since >= customsMillis) this.reset();
  }

  /** Takes the tracker for as lenient as ours again. */
  reset(): void {
    this.batch.SEEDER = limits.actionsPerConnectMax;
    this.batch.LEECH = limits.actionsPerConnectMax;
    this.accepted.SEEDER = 0;
    this.accepted.LEECH = 0;
    this.stats = limits.statsPerReportMax;
    this.suspicions = 0;
    this.joinsAllowed = true;
    this.leaveSurvived = false;
    this.since = undefined;
  }
}
