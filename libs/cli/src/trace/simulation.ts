import { blockRequests, MinReplay, PolicyReplay, RequestBlock, type Replay } from '@weir/policy';
import type { CompiledTrace } from './compiled-trace';
import { findNextUses, type NextUseSpool } from './next-use-spool';
import { policyFor, type OnlineName, type PolicyName, type PolicySettings } from './policies';

/** Requests that a policy's code is tried with before its time is taken, so that the compiler's is not taken for it. */
const rehearsedRequests = 200_000;

/** One policy with one capacity. */
export interface Cell {
  readonly policy: PolicyName;
  readonly capacityBytes: number;
}

/** What came of it. */
export interface CellResult extends Cell {
  readonly requests: number;
  readonly requestedBytes: number;
  readonly byteHitRatio: number;
  readonly requestHitRatio: number;
  readonly writeRatio: number;
  /** Bytes of memory for each object in the cache, at the end, all that the policy remembers included. */
  readonly bytesPerObject: number;
  /** Processor time for each request, without reading it, and without compiling the policy's code. */
  readonly nanosecondsPerRequest: number;
}

/** What cells have in common. */
export interface SimulationPlan {
  readonly trace: CompiledTrace;
  readonly settings: PolicySettings;
  /** Share of the requests that only fill the cache, from 0 to below 1. */
  readonly warmUp: number;
  /** Where temporary files go. */
  readonly folder: string;
  readonly signal: AbortSignal;
  /** Told of how far a cell is, in requests. */
  readonly progress: (cell: Cell, requests: number) => void;
}

/**
 * Puts a trace to each cell, one after another, so that no cell's time is spoilt by another's and memory is that of one. A cell
 * that is named twice is run once.
 */
export async function simulate(plan: SimulationPlan, cells: readonly Cell[]): Promise<readonly CellResult[]> {
  const { trace, folder, signal } = plan;
  const needsMin = cells.some(({ policy }) => policy === 'min');
  const nextUses = needsMin ? await findNextUses(trace, folder, signal) : undefined;
  const known = new Map<string, CellResult>();
  const rehearsed = new Set<PolicyName>();
  try {
    const results: CellResult[] = [];
    for (const cell of cells) {
      const key = `${cell.policy} ${cell.capacityBytes}`;
      if (!rehearsed.has(cell.policy)) await new CellRun(plan, cell, nextUses).rehearse();
      rehearsed.add(cell.policy);
      const result = known.get(key) ?? (await new CellRun(plan, cell, nextUses).result());
      known.set(key, result);
      results.push(result);
    }
    return results;
  } finally {
    await nextUses?.close();
  }
}

class CellRun {
  private readonly block = new RequestBlock();
  private readonly warmUp: number;
  /** Of processor time: what others do on the machine does not count. */
  private micros = 0;

  constructor(
    private readonly plan: SimulationPlan,
    private readonly cell: Cell,
    private readonly nextUses: NextUseSpool | undefined,
  ) {
    this.warmUp = Math.floor(plan.trace.requests * plan.warmUp);
  }

  async result(): Promise<CellResult> {
    const { policy } = this.cell;
    const replay = policy === 'min' ? await this.runMin() : await this.runPolicy(policy);
    const { tally, segments, stateBytes } = replay;
    return {
      ...this.cell,
      requests: tally.requests,
      requestedBytes: tally.requestedBytes,
      byteHitRatio: tally.byteHitRatio,
      requestHitRatio: tally.requestHitRatio,
      writeRatio: tally.writeRatio,
      bytesPerObject: segments === 0 ? 0 : stateBytes / segments,
      nanosecondsPerRequest: (this.micros * 1e3) / tally.requests,
    };
  }

  /** The first requests, for nothing. That of `min` is not worth it. */
  async rehearse(): Promise<void> {
    const { trace, signal } = this.plan;
    const { policy } = this.cell;
    if (policy === 'min') return;
    const replay = this.replayOf(policy);
    const blocks = Math.min(trace.blocks, Math.ceil(rehearsedRequests / blockRequests));
    for (let index = 0; index < blocks; index++) {
      signal.throwIfAborted();
      await trace.read(index, this.block);
      replay.run(this.block, 0, this.block.length);
    }
  }

  private replayOf(name: OnlineName): PolicyReplay {
    const { trace, settings } = this.plan;
    const { capacityBytes } = this.cell;
    return new PolicyReplay((listener) => policyFor(name, { ...settings, capacityBytes, listener }), trace.objects);
  }

  private async runPolicy(name: OnlineName): Promise<Replay> {
    const { trace } = this.plan;
    const replay = this.replayOf(name);
    for (let index = 0; index < trace.blocks; index++) {
      await trace.read(index, this.block);
      this.runBlock(replay, index);
    }
    return replay;
  }

  private async runMin(): Promise<Replay> {
    const { trace } = this.plan;
    const replay = new MinReplay(this.cell.capacityBytes, trace.objects);
    const uses = new Uint32Array(blockRequests);
    for (let index = 0; index < trace.blocks; index++) {
      await trace.read(index, this.block);
      await this.nextUses?.read(index, uses);
      replay.nextUses = uses;
      this.runBlock(replay, index);
    }
    return replay;
  }

  private runBlock(replay: Replay, index: number): void {
    const { block, plan } = this;
    plan.signal.throwIfAborted();
    const first = index * blockRequests;
    const counted = Math.min(Math.max(this.warmUp - first, 0), block.length);
    replay.run(block, 0, counted);
    if (counted > 0) replay.tally.reset();
    const started = process.cpuUsage();
    replay.run(block, counted, block.length);
    const { user, system } = process.cpuUsage(started);
    this.micros += user + system;
    plan.progress(this.cell, first + block.length);
  }
}
