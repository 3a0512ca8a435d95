import { setTimeout } from 'node:timers/promises';
import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { PeerService } from '@weir/peer';
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
    await operator.erase(swarmIds);
    let left: readonly number[] = await operator.leftovers();
    while (left.length > 0 && !this.end.signal.aborted) {
      await this.pause();
      left = operator.stillThere(left);
    }
    if (left.length > 0) return;
    for (const swarmId of swarmIds) await this.confirm(swarmId);
  }

  /** Nothing is left of what was erased; what was written meanwhile would be found here, and erased once more. */
  private async confirm(swarmId: SwarmId): Promise<void> {
    const { operator } = this.peer;
    const { record, memoryExtents } = await operator.find(swarmId);
    if (record || memoryExtents > 0) return;
    const erasedAt = Math.floor(Date.now() / 1_000);
    await operator.revise(swarmId, (rule) =>
      rule.blocked === undefined ? rule : { ...rule, blocked: { ...rule.blocked, erasedAt } },
    );
    this.logger.log(`swarm ${swarmId} is blocked, and nothing of it was found when the store was read back`);
  }

  private told(error: unknown): void {
    if (!this.end.signal.aborted) this.logger.warn(`an erasure goes on: ${String(error)}`);
  }

  private async pause(): Promise<void> {
    await setTimeout(lookMillis, undefined, { signal: this.end.signal, ref: false }).catch(() => undefined);
  }
}
