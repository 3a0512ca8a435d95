import { setTimeout } from 'node:timers/promises';
import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { PeerService, type SwarmRule } from '@weir/peer';
import type { SwarmId } from '@weir/ppspp';
import { limits } from '../limits';

/** Time between two looks at what is being swept, and before a store that failed is asked again. */
const lookMillis = 200;

/**
 * Erases what is blocked, and reads the store back until nothing of it is found; only then it says so, on disk. What a restart
 * interrupts it begins anew.
 */
@Injectable()
export class ErasureService implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(ErasureService.name);
  private readonly end = new AbortController();
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

  /** Something was blocked. */
  wake(): void {
    this.running ??= this.run().finally(() => {
      this.running = undefined;
    });
  }

  private async run(): Promise<void> {
    for (let pending = this.pending; pending.length > 0 && !this.end.signal.aborted; pending = this.pending) {
      await this.erase(pending.slice(0, limits.readBacksMax)).catch((error: unknown) => this.told(error));
      await this.pause();
    }
  }

  private async erase(swarmIds: readonly SwarmId[]): Promise<void> {
    const { operator } = this.peer;
    const blocks = new Set(swarmIds.map((swarmId) => operator.rules.swarm(swarmId)?.blocked));
    await operator.erase(swarmIds);
    let left: readonly number[] = await operator.leftovers();
    while (left.length > 0 && !this.end.signal.aborted) {
      await this.pause();
      left = await operator.stillThere(left);
    }
    if (left.length > 0) return;
    await this.confirm(swarmIds, blocks);
  }

  /** Nothing is left of what was erased; what was written meanwhile would be found here, and erased once more. */
  private async confirm(swarmIds: readonly SwarmId[], blocks: ReadonlySet<SwarmRule['blocked']>): Promise<void> {
    const { operator } = this.peer;
    const erased: SwarmId[] = [];
    for (const swarmId of swarmIds) {
      const { record, memoryExtents } = await operator.find(swarmId);
      if (!record && memoryExtents === 0) erased.push(swarmId);
    }
    const erasedAt = Math.floor(Date.now() / 1_000);
    // One transaction for all: each is a wait for the disk. A block that was laid down meanwhile has yet to be read back.
    await operator.reviseAll(erased, (rule) =>
      rule.blocked === undefined || !blocks.has(rule.blocked)
        ? rule
        : { ...rule, blocked: { ...rule.blocked, erasedAt } },
    );
    for (const swarmId of erased) {
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
