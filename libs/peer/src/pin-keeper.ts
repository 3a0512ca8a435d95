import { extentChunks, hashFunctionOfLength, statementDefaults, type SwarmId, type SwarmMetadata } from '@weir/ppspp';
import type { PinnedContent, RuleBook, SwarmSummary } from '@weir/store';
import type { OperatorDesk } from './operator-desk';

/** What the keeper of pins stands on. */
export interface PinParts {
  readonly rules: Pick<RuleBook, 'swarm' | 'swarms'>;
  /** See `OperatorDesk.reviseAll`. */
  readonly reviseAll: OperatorDesk['reviseAll'];
  /** What is stored of a swarm. */
  readonly find: (swarmId: SwarmId) => SwarmSummary | undefined;
  readonly fetch: (metadata: SwarmMetadata) => void;
  /** Has no more of a swarm fetched than subscribers need. */
  readonly settle: (swarmId: SwarmId) => void;
}

/** Time between two looks. */
const lookMillis = 5_000;

/** Time after which a fetch is asked for again: a store that was down, or a thread that died, knows nothing of it. */
const againMillis = 60_000;

/** Time after which a swarm that nobody seems to have makes room for the next. */
const patienceMillis = 600_000;

/** Damaged swarms that are fetched again at a time: as many as pre-fetches. */
const fetchesMax = 16;

/** Pinned swarms of which is noted, at a time, what they are fetched by. */
const notedMax = 256;

interface Refetch {
  readonly since: number;
  askedAt: number;
}

/**
 * What an operator pinned is to be at hand: what of it was damaged is fetched again. What is needed for that beside the swarm ID stands in
 * the rule, since the record may be what was damaged.
 */
export class PinKeeper {
  /** The first is the next to be fetched; no more than swarms that rules find room for. */
  private readonly waiting = new Set<SwarmId>();
  private readonly underWay = new Map<SwarmId, Refetch>();
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly parts: PinParts,
    private readonly millis: () => number = () => performance.now(),
  ) {
    this.timer = setInterval(() => this.look(), lookMillis);
    this.timer.unref();
  }

  /** Something of a swarm was removed because it was damaged. */
  damaged(swarmId: SwarmId): void {
    if (!this.isPinned(swarmId) || this.underWay.has(swarmId)) return;
    this.waiting.add(swarmId);
    this.fill();
  }

  /** The store began anew, or went back: what was here and is pinned is to be here again. */
  allDamaged(): void {
    for (const [swarmId, { pinned, content }] of this.parts.rules.swarms)
      if (pinned === true && content !== undefined && !this.isWhole(swarmId)) this.damaged(swarmId);
  }

  /** Goes on with what is fetched, and notes what is to be known of what is pinned. */
  look(): void {
    const now = this.millis();
    for (const [swarmId, refetch] of this.underWay) this.follow(swarmId, refetch, now);
    this.fill();
    this.learn();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private follow(swarmId: SwarmId, refetch: Refetch, now: number): void {
    const isDone = !this.isPinned(swarmId) || this.isWhole(swarmId);
    if (isDone || now - refetch.since >= patienceMillis) {
      this.underWay.delete(swarmId);
      this.parts.settle(swarmId);
      if (!isDone) this.waiting.add(swarmId);
    } else if (now - refetch.askedAt >= againMillis) {
      refetch.askedAt = now;
      this.fetch(swarmId);
    }
  }

  private fill(): void {
    for (const swarmId of this.waiting) {
      if (this.underWay.size >= fetchesMax) return;
      const now = this.millis();
      this.waiting.delete(swarmId);
      this.underWay.set(swarmId, { since: now, askedAt: now });
      this.fetch(swarmId);
    }
  }

  private fetch(swarmId: SwarmId): void {
    const { rules, find } = this.parts;
    const content = find(swarmId)?.record.metadata ?? rules.swarm(swarmId)?.content ?? usualContent(swarmId);
    if (content !== undefined) this.parts.fetch({ ...content, swarmId });
  }

  private learn(): void {
    const fresh: SwarmId[] = [];
    for (const [swarmId, { pinned, content }] of this.parts.rules.swarms) {
      if (fresh.length >= notedMax) break;
      if (pinned === true && content === undefined && this.contentOf(swarmId) !== undefined) fresh.push(swarmId);
    }
    if (fresh.length === 0) return;
    // A store that takes no rule now is told with the next look.
    this.parts
      .reviseAll(fresh, (rule, swarmId) =>
        rule.pinned === true ? { ...rule, content: rule.content ?? this.contentOf(swarmId) } : rule,
      )
      .catch(() => undefined);
  }

  private contentOf(swarmId: SwarmId): PinnedContent | undefined {
    const metadata = this.parts.find(swarmId)?.record.metadata;
    if (metadata === undefined) return undefined;
    const { hash, addressing, chunkSize } = metadata;
    return { hash, addressing, chunkSize };
  }

  private isPinned(swarmId: SwarmId): boolean {
    return this.parts.rules.swarm(swarmId)?.pinned === true;
  }

  private isWhole(swarmId: SwarmId): boolean {
    const found = this.parts.find(swarmId);
    return found !== undefined && found.extentsHeld >= Math.ceil(found.record.chunkCount / extentChunks);
  }
}

/** What a swarm is fetched by of which nothing is known but its ID: what is usual. */
function usualContent(swarmId: SwarmId): PinnedContent | undefined {
  const hash = hashFunctionOfLength(swarmId.length / 2);
  return hash && { ...statementDefaults, hash };
}
