import type { SwarmId } from '@weir/ppspp';
import { time, timeOf } from '@weir/rest';
import type { Block, GroupQuota, SwarmRule } from '@weir/peer';
import { z } from 'zod';
import { swarmId } from '../swarm-id';

const bytes = (description: string) => z.number().nullable().describe(description);

/** What is laid down for one swarm: the answer of `GET /v1/swarms/{id}/rules`, and of whatever changes it. */
export const swarmRuleView = z
  .object({
    swarmId,
    pinned: z.boolean().describe('Whether it is never evicted to make room.'),
    label: z.string().nullable().describe('The group that it belongs to.'),
    quotaBytes: bytes('Bytes on disk that it may take; null for no quota of its own.'),
    fetchRate: bytes('Content bytes a second that are fetched of it at most; null for no limit.'),
    serveRate: bytes('Content bytes a second that are served of it at most; null for no limit.'),
    blocked: z.boolean().describe('Whether it is blocked: GET /v1/swarms/{id}/block says more.'),
  })
  .meta({ id: 'SwarmRuleView' });

/** What is laid down for one swarm: ours to keep stable, whatever the store does. */
export type SwarmRuleView = z.output<typeof swarmRuleView>;

/** The view of a rule. */
export function swarmRuleViewOf(id: SwarmId, rule: SwarmRule = {}): SwarmRuleView {
  const { pinned = false, label = null, quotaBytes = null, fetchRate = null, serveRate = null, blocked } = rule;
  return { swarmId: id, pinned, label, quotaBytes, fetchRate, serveRate, blocked: blocked !== undefined };
}

/** A blocked swarm. */
export const blockView = z
  .object({
    swarmId,
    reason: z.string(),
    since: time('When it was blocked: from then on it was not served.'),
    state: z
      .enum(['erasing', 'erased'])
      .describe('erased: the store was read back after the erasure, and nothing of the swarm was found.'),
    heldBytes: z.number().describe('Bytes on disk that were held of it when it was blocked.'),
    heldExtents: z.number().describe('Extents that were held of it when it was blocked.'),
    erasedAt: time('When the store was read back and nothing of it was found; null until then.'),
  })
  .meta({ id: 'BlockView' });

/** A blocked swarm: ours to keep stable. */
export type BlockView = z.output<typeof blockView>;

/** The view of a block. */
export function blockViewOf(id: SwarmId, { reason, since, bytes: heldBytes, extents, erasedAt }: Block): BlockView {
  return {
    swarmId: id,
    reason,
    since: timeOf(since * 1_000),
    state: erasedAt === undefined ? 'erasing' : 'erased',
    ...{ heldBytes, heldExtents: extents },
    erasedAt: timeOf(erasedAt === undefined ? undefined : erasedAt * 1_000),
  };
}

/** Answer of `GET /v1/swarms/{id}/block`: the block, and what a look into the store and the threads finds now. */
export const blockReportView = blockView
  .extend({
    readBack: z
      .object({
        at: time('When it was looked.'),
        record: z.boolean().describe('Whether the store has a record of it, without which nothing of it can be read.'),
        extents: z.number().describe('Extents of it that the store has.'),
        hashBlocks: z.number().describe('Blocks of its hashes that the store has.'),
        memoryExtents: z.number().describe('Extents of it in the memory for probation.'),
        leftovers: z
          .number()
          .describe(
            'How often the swarm was erased with something of it still in pages of the store: swept before all else.',
          ),
        otherLeftovers: z
          .number()
          .describe('Erased swarms of other names of which the store still has pages; they are being swept, too.'),
        open: z.boolean().describe('Whether a datapath thread has it open.'),
      })
      .nullable()
      .describe('What is found of it now; null while the store is down or too slow to say.'),
  })
  .meta({ id: 'BlockReportView' });

/** A block and what is found of the swarm now. */
export type BlockReportView = z.output<typeof blockReportView>;

/** Answer of `GET /v1/blocks`. */
export const blocksView = z
  .object({
    blocks: z.array(blockView).describe('Ordered by swarm ID.'),
    next: swarmId.nullable().describe('What to ask for as after to see the next page; null on the last one.'),
  })
  .meta({ id: 'BlocksView' });

/** One page of blocks. */
export type BlocksView = z.output<typeof blocksView>;

/** A quota of a group. */
export const quotaView = z
  .object({
    kind: z.enum(['label', 'tracker', 'swarm']),
    name: z.string().describe('The label, the URL of the tracker, or the swarm ID.'),
    bytes: z.number().describe('Bytes on disk that all of the group may take.'),
    storedBytes: z.number().describe('Bytes on disk that it takes now.'),
  })
  .meta({ id: 'QuotaView' });

/** A quota: ours to keep stable. */
export type QuotaView = z.output<typeof quotaView>;

/** Answer of `GET /v1/quotas`. */
export const quotasView = z
  .object({ quotas: z.array(quotaView).describe('Labels, then trackers, then swarms, each by name.') })
  .meta({ id: 'QuotasView' });

/** Every quota. */
export type QuotasView = z.output<typeof quotasView>;

/** The view of a group's quota. */
export function quotaViewOf({ kind, name, quotaBytes }: GroupQuota, storedBytes: number): QuotaView {
  return { kind, name, bytes: quotaBytes, storedBytes };
}
