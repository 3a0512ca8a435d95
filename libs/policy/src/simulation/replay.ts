import type { RequestBlock } from '../trace/request-block';
import type { CacheListener, CachePolicy } from '../policy';
import { Tally } from './tally';

/** The objects of a trace, by their numbers. */
export interface TraceObjects {
  /** Bytes of each. */
  readonly bytes: Uint32Array;
  /** The swarm that each is a segment of. Without it all are of one. */
  readonly swarms: Float64Array | undefined;
}

/** Something that requests are put to, one after another. */
export interface Replay {
  readonly tally: Tally;
  /** Objects in the cache. */
  readonly segments: number;
  /** Bytes of memory that knowing them takes. */
  readonly stateBytes: number;
  /** Puts the requests of a block from `from` up to, but not, `to`. */
  run(block: RequestBlock, from: number, to: number): void;
}

/**
 * Puts requests to a policy as the appliance does: asked for, and when it is not there, fetched and inserted. Only what the
 * policy decides happens here, so that the time this takes is the policy's.
 */
export class PolicyReplay implements Replay {
  readonly tally = new Tally();
  private readonly policy: CachePolicy;

  /** `create` makes the policy, which tells `listener` what it does. */
  constructor(
    create: (listener: CacheListener) => CachePolicy,
    private readonly objects: TraceObjects,
  ) {
    const { tally } = this;
    this.policy = create({
      evicted: () => undefined,
      persist: (_, segment) => void (tally.writtenBytes += objects.bytes[segment] ?? 0),
    });
  }

  get segments(): number {
    return this.policy.segments;
  }

  get stateBytes(): number {
    return this.policy.stateBytes;
  }

  run(block: RequestBlock, from: number, to: number): void {
    const { policy, tally, objects } = this;
    const { swarms } = objects;
    for (let at = from; at < to; at++) {
      const object = block.objects[at] ?? 0;
      const asked = block.bytes[at] ?? 0;
      const swarm = swarms === undefined ? 0 : (swarms[object] ?? 0);
      tally.requests++;
      tally.requestedBytes += asked;
      if (policy.access(swarm, object, block.subscribers[at] ?? 0)) {
        tally.hits++;
        tally.hitBytes += asked;
      } else {
        const bytes = objects.bytes[object] ?? 0;
        if (policy.insert(swarm, object, bytes) === 'disk') tally.writtenBytes += bytes;
      }
    }
  }
}
