import type { TraceObjects } from '../trace/object-names';
import type { RequestBlock } from '../trace/request-block';
import type { CacheListener, CachePolicy } from '../policy';
import { SegmentBytes } from './segment-bytes';
import { Tally } from './tally';

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
    const bytes = new SegmentBytes(objects);
    this.policy = create({
      evicted: () => undefined,
      persist: (swarm, segment) => void (tally.writtenBytes += bytes.of(swarm, segment)),
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
    const { swarms, segments } = objects;
    for (let at = from; at < to; at++) {
      const object = block.objects[at] ?? 0;
      const asked = block.bytes[at] ?? 0;
      const swarm = swarms[object] ?? 0;
      const segment = segments[object] ?? 0;
      tally.requests++;
      tally.requestedBytes += asked;
      if (policy.access(swarm, segment, block.subscribers[at] ?? 0)) {
        tally.hits++;
        tally.hitBytes += asked;
      } else {
        const bytes = objects.bytes[object] ?? 0;
        if (policy.insert(swarm, segment, bytes) === 'disk') tally.writtenBytes += bytes;
      }
    }
  }
}
