import { setTimeout } from 'node:timers/promises';
import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { PeerService, type SwarmRule } from '@weir/peer';
import type { SwarmId } from '@weir/ppspp';
import { limits } from '../limits';

/** Time between two looks at what is being swept, and before a store that failed is asked again. */
const lookMillis = 200;

/** A swarm that was erased for a block, and the numbers under which something of it was left then. */
interface Erased {
  readonly block: SwarmRule['blocked'];
  readonly numbers: readonly number[];
}

/**
 * Erases what is blocked, and reads the store back until nothing of it is found; only then it says so, on disk. What a restart
 * interrupts it begins anew.
 */
@Injectable()
export class ErasureService implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(ErasureService.name);
  private readonly end = new AbortController();
  /** Swarms that were erased and are not yet read back. */
  private readonly left = new Map<SwarmId, Erased>();
  private running: Promise<void> | undefined;

  constructor(private readonly peer: PeerService) {}

  onApplicationBootstrap(): void {
    this.wake();
  }

  async onModuleDestroy(): Promise<void> {
    this.end.abort();
    await this.running;
  }

  /** Swarms that are blocked and not yet read back. */
  get pending(): readonly SwarmId[] {
    return [...this.peer.operator.rules.swarms].flatMap(([swarmId, { blocked }]) =>
      blocked === undefined || blocked.erasedAt !== undefined ? [] : [swarmId],
    );
  }

  /** Numbers under which something of a swarm was left when it was erased, until it is read back; some of it may be gone. */
  leftOf(swarmId: SwarmId): readonly number[] {
    return this.left.get(swarmId)?.numbers ?? [];
  }

  /** Something was blocked. */
  wake(): void {
    this.running ??= this.run().finally(() => {
      this.running = undefined;
    });
  }

  private async run(): Promise<void> {
    for (let pending = this.pending; pending.length > 0 && !this.end.signal.aborted; pending = this.pending) {
      await this.look(pending).catch((error: unknown) => this.told(error));
      await this.pause();
    }
    this.left.clear();
  }

  /** Erases what is new, and reads back whatever is gone: none of them waits for another's bytes. */
  private async look(pending: readonly SwarmId[]): Promise<void> {
    const { operator } = this.peer;
    // One that was unblocked and blocked again may have been fetched in between.
    for (const [swarmId, { block }] of this.left)
      if (operator.rules.swarm(swarmId)?.blocked !== block) this.left.delete(swarmId);
    const room = Math.max(0, limits.readBacksMax - this.left.size);
    await this.erase(pending.filter((swarmId) => !this.left.has(swarmId)).slice(0, room));
    const there = new Set(await operator.stillThere([...this.left.values()].flatMap(({ numbers }) => numbers)));
    const gone = [...this.left].filter(([, { numbers }]) => !numbers.some((number) => there.has(number)));
    await this.confirm(gone);
  }

  private async erase(swarmIds: readonly SwarmId[]): Promise<void> {
    if (swarmIds.length === 0) return;
    const { operator } = this.peer;
    const blocks = new Map(swarmIds.map((swarmId) => [swarmId, operator.rules.swarm(swarmId)?.blocked]));
    const { left } = await operator.erase(swarmIds);
    for (const [swarmId, block] of blocks) {
      const numbers = left.filter((remainder) => remainder.swarmId === swarmId).map(({ number }) => number);
      this.left.set(swarmId, { block, numbers });
    }
  }

  /** Nothing is left of what was erased; what was written meanwhile would be found here, and erased once more. */
  private async confirm(gone: readonly (readonly [SwarmId, Erased])[]): Promise<void> {
    const { operator } = this.peer;
    const blocks = new Set(gone.map(([, { block }]) => block));
    const erased: SwarmId[] = [];
    for (const [swarmId] of gone) {
      const { record, memoryExtents } = await operator.find(swarmId);
      if (!record && memoryExtents === 0) erased.push(swarmId);
      else this.left.delete(swarmId);
    }
    const erasedAt = Math.floor(Date.now() / 1_000);
    // One transaction for all: each is a wait for the disk. A block that was laid down meanwhile has yet to be read back.
    await operator.reviseAll(erased, (rule) =>
      rule.blocked === undefined || !blocks.has(rule.blocked)
        ? rule
        : { ...rule, blocked: { ...rule.blocked, erasedAt } },
    );
    for (const swarmId of erased) {
      this.left.delete(swarmId);
      this.logger.log(`swarm ${swarmId} is blocked, and nothing of it was found when the store was read back`);
    }
  }

  private told(error: unknown): void {
    if (!this.end.signal.aborted) this.logger.warn(`an erasure goes on: ${String(error)}`);
  }

  private async pause(): Promise<void> {
    await setTimeout(lookMillis, undefined, { signal: this.end.signal, ref: false }).catch(() => undefined);
  }
}
