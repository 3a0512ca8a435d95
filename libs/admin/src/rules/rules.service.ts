import { Injectable } from '@nestjs/common';
import { type GroupKind, contentFootprint, PeerService, pinnedShareMax, type SwarmRule } from '@weir/peer';
import { CacheError, type SwarmId } from '@weir/ppspp';
import { RegistrationService } from '@weir/registration';
import { AdminError } from '../errors';
import type { StoredSwarm } from '../swarm-view';
import { ErasureService } from './erasure.service';
import type { BlockRequest, LabelRequest, LimitsRequest, QuotaRequest } from './rule-request';
import {
  type BlockReportView,
  type BlocksView,
  blockViewOf,
  type QuotasView,
  type QuotaView,
  quotaViewOf,
  type SwarmRuleView,
  swarmRuleViewOf,
} from './rule-view';

/** What operators lay down for swarms and groups of them; all of it is on disk before it is answered. */
@Injectable()
export class RulesService {
  constructor(
    private readonly peer: PeerService,
    private readonly registration: RegistrationService,
    private readonly erasure: ErasureService,
  ) {}

  show(swarmId: SwarmId): SwarmRuleView {
    return swarmRuleViewOf(swarmId, this.peer.operator.rules.swarm(swarmId));
  }

  /** Throws `PIN_LIMIT`, `SWARM_BLOCKED`. */
  async pin(swarmId: SwarmId): Promise<SwarmRuleView> {
    await this.peer.storedKnownSoon();
    return this.revise(swarmId, (rule) => {
      requireUnblocked(swarmId, rule);
      if (rule.pinned !== true) this.requireRoom(swarmId);
      return { ...rule, pinned: true };
    });
  }

  unpin(swarmId: SwarmId): Promise<SwarmRuleView> {
    return this.revise(swarmId, (rule) => ({ ...rule, pinned: undefined, content: undefined }));
  }

  label(swarmId: SwarmId, { label }: LabelRequest): Promise<SwarmRuleView> {
    return this.revise(swarmId, (rule) => ({ ...rule, label }));
  }

  unlabel(swarmId: SwarmId): Promise<SwarmRuleView> {
    return this.revise(swarmId, (rule) => ({ ...rule, label: undefined }));
  }

  bound(swarmId: SwarmId, { bytes }: QuotaRequest): Promise<SwarmRuleView> {
    return this.revise(swarmId, (rule) => ({ ...rule, quotaBytes: bytes }));
  }

  unbound(swarmId: SwarmId): Promise<SwarmRuleView> {
    return this.revise(swarmId, (rule) => ({ ...rule, quotaBytes: undefined }));
  }

  /** Both rates are laid down anew: one that is left out has no limit any more. */
  limit(swarmId: SwarmId, { fetchRate, serveRate }: LimitsRequest): Promise<SwarmRuleView> {
    return this.revise(swarmId, (rule) => ({ ...rule, fetchRate, serveRate }));
  }

  /** Resolves when the block is on disk; by then no thread serves the swarm, and its erasure has begun. */
  async block(swarmId: SwarmId, { reason }: BlockRequest): Promise<BlockReportView> {
    await this.peer.storedKnownSoon();
    const held = this.peer.storedSwarm(swarmId);
    const since = Math.floor(Date.now() / 1_000);
    const fresh = { reason, since, bytes: held?.storedBytes ?? 0, extents: held?.extentsHeld ?? 0 };
    await this.peer.operator.block(swarmId, (rule) => ({
      ...rule,
      ...{ pinned: undefined, content: undefined },
      blocked: rule.blocked === undefined ? fresh : { ...rule.blocked, reason },
    }));
    this.registration.leave(swarmId);
    this.erasure.wake();
    return this.report(swarmId);
  }

  async unblock(swarmId: SwarmId): Promise<void> {
    this.blockOf(swarmId);
    await this.peer.operator.revise(swarmId, (rule) => ({ ...rule, blocked: undefined }));
  }

  /** The block of a swarm, and what is found of it now. Throws `BLOCK_NOT_FOUND`. */
  async report(swarmId: SwarmId): Promise<BlockReportView> {
    const block = this.blockOf(swarmId);
    await this.peer.refresh();
    return { ...blockViewOf(swarmId, block), readBack: await this.readBack(swarmId) };
  }

  /** What is found of a swarm; null while the store does not say. */
  private async readBack(swarmId: SwarmId): Promise<BlockReportView['readBack']> {
    const { operator } = this.peer;
    try {
      const { record, extents, hashBlocks, memoryExtents } = await operator.find(swarmId);
      const left = await operator.leftovers();
      const own = new Set(this.erasure.leftOf(swarmId));
      const leftovers = left.filter((number) => own.has(number)).length;
      const otherLeftovers = left.length - leftovers;
      const open = this.peer.live().some(({ metadata }) => metadata.swarmId === swarmId);
      const at = new Date().toISOString();
      return { at, record, extents, hashBlocks, memoryExtents, leftovers, otherLeftovers, open };
    } catch (error) {
      if (error instanceof CacheError) return null;
      throw error;
    }
  }

  /** One page of blocks, ordered by swarm ID. */
  blocks({ limit, after = '' }: { readonly limit: number; readonly after?: SwarmId | undefined }): BlocksView {
    const all = [...this.peer.operator.rules.swarms].flatMap(([id, { blocked }]) =>
      blocked === undefined || id <= after ? [] : [blockViewOf(id, blocked)],
    );
    const blocks = all.sort((one, other) => (one.swarmId < other.swarmId ? -1 : 1)).slice(0, limit);
    return { blocks, next: all.length > limit ? (blocks.at(-1)?.swarmId ?? null) : null };
  }

  quotas(): QuotasView {
    const { rules } = this.peer.operator;
    const used = this.usedByGroup();
    const groups = [...rules.groups].map((quota) => quotaViewOf(quota, used.get(`${quota.kind}/${quota.name}`) ?? 0));
    const swarms = [...rules.swarms].flatMap(([name, { quotaBytes }]): QuotaView[] =>
      quotaBytes === undefined
        ? []
        : [{ kind: 'swarm', name, bytes: quotaBytes, storedBytes: used.get(`swarm/${name}`) ?? 0 }],
    );
    const order = (one: QuotaView, other: QuotaView): number =>
      `${one.kind === 'swarm' ? 'z' : one.kind}/${one.name}` <
      `${other.kind === 'swarm' ? 'z' : other.kind}/${other.name}`
        ? -1
        : 1;
    return { quotas: [...groups, ...swarms].sort(order) };
  }

  async setGroupQuota(kind: GroupKind, name: string, { bytes }: QuotaRequest): Promise<QuotaView> {
    await this.peer.operator.lay({ kind, name, quotaBytes: bytes });
    return quotaViewOf({ kind, name, quotaBytes: bytes }, this.usedByGroup().get(`${kind}/${name}`) ?? 0);
  }

  removeGroupQuota(kind: GroupKind, name: string): Promise<void> {
    return this.peer.operator.lay({ kind, name, quotaBytes: undefined });
  }

  /** Bytes on disk of swarms that are pinned. */
  get pinnedBytes(): number {
    const { rules } = this.peer.operator;
    return this.peer
      .stored()
      .filter(({ record }) => rules.swarm(record.metadata.swarmId)?.pinned === true)
      .reduce((sum, swarm) => sum + swarm.storedBytes, 0);
  }

  private async revise(swarmId: SwarmId, change: (rule: SwarmRule) => SwarmRule): Promise<SwarmRuleView> {
    return swarmRuleViewOf(swarmId, await this.peer.operator.revise(swarmId, change));
  }

  private blockOf(swarmId: SwarmId) {
    const block = this.peer.operator.rules.swarm(swarmId)?.blocked;
    if (block !== undefined) return block;
    throw new AdminError(
      'BLOCK_NOT_FOUND',
      `swarm ${swarmId} is not blocked here; swarms.blocked of the configuration is apart`,
    );
  }

  /** Throws `PIN_LIMIT` if a swarm, once it is here as a whole, takes more than is left for pins. */
  private requireRoom(swarmId: SwarmId): void {
    const { capacityBytes } = this.peer.usage;
    const room = Math.floor(capacityBytes * pinnedShareMax);
    let taken = wholeBytes(this.peer.storedSwarm(swarmId));
    for (const [id, { pinned }] of this.peer.operator.rules.swarms)
      if (pinned === true && id !== swarmId) taken += wholeBytes(this.peer.storedSwarm(id));
    if (taken <= room) return;
    const share = `${String(100 * pinnedShareMax)} %`;
    const message = `pinned swarms would take ${String(taken)} bytes of the ${String(room)} that they may, ${share} of store.capacity; unpin others, or give the store more`;
    throw new AdminError('PIN_LIMIT', message);
  }

  private usedByGroup(): ReadonlyMap<string, number> {
    const used = new Map<string, number>();
    const { rules } = this.peer.operator;
    for (const { record, storedBytes } of this.peer.stored()) {
      const { swarmId } = record.metadata;
      const { label, tracker } = rules.swarm(swarmId) ?? {};
      const groups = [`swarm/${swarmId}`, label && `label/${label}`, tracker && `tracker/${tracker}`];
      for (const group of groups) if (group !== undefined) used.set(group, (used.get(group) ?? 0) + storedBytes);
    }
    return used;
  }
}

/** Bytes on disk that a swarm will take once it is here as a whole, or takes now. */
function wholeBytes(swarm: StoredSwarm | undefined): number {
  return swarm === undefined ? 0 : Math.max(swarm.storedBytes, contentFootprint(swarm.record));
}

function requireUnblocked(swarmId: SwarmId, rule: SwarmRule): void {
  if (rule.blocked === undefined) return;
  throw new AdminError('SWARM_BLOCKED', `swarm ${swarmId} is blocked; unblock it first`);
}
