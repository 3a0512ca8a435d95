import type { SwarmId, SwarmMetadata } from '@weir/ppspp';

/** What a swarm is fetched by beside its ID. */
export type PinnedContent = Pick<SwarmMetadata, 'hash' | 'addressing' | 'chunkSize'>;

/** What an operator laid down for one swarm. Rates are bytes a second; what is left out has no bound of its own. */
export interface SwarmRule {
  /** Never evicted to make room. */
  readonly pinned?: boolean | undefined;
  /** Of one that is pinned, once it is known: what was damaged of it is fetched by it, were it the record. */
  readonly content?: PinnedContent | undefined;
  /** The group that it belongs to, as quotas and purges name it. */
  readonly label?: string | undefined;
  /** The tracker that named peers of it first, where that one has a quota: its group. */
  readonly tracker?: string | undefined;
  /** Not served, not fetched, not kept. */
  readonly blocked?: Block | undefined;
  /** Bytes on disk that it may take. */
  readonly quotaBytes?: number | undefined;
  /** What may be fetched of it from outside. */
  readonly fetchRate?: number | undefined;
  /** What may be served of it. */
  readonly serveRate?: number | undefined;
}

/** Why a swarm is blocked, and since when; times are Unix seconds. */
export interface Block {
  readonly reason: string;
  readonly since: number;
  /** What was held of it then: bytes on disk, and extents. */
  readonly bytes: number;
  readonly extents: number;
  /** When the store was read back and nothing of the swarm was found in it; until then it is being erased. */
  readonly erasedAt?: number;
}

/** A group of swarms that a quota may bound: those with a label, or those that a tracker names. */
export type GroupKind = 'label' | 'tracker';

/** Lays down one rule in place of the one before, or without a value removes it. Jobs are the operator's orders under way, as text. */
export type RuleChange =
  | { readonly kind: 'swarm'; readonly swarmId: SwarmId; readonly rule: SwarmRule | undefined }
  | { readonly kind: GroupKind; readonly name: string; readonly quotaBytes: number | undefined }
  | { readonly kind: 'job'; readonly name: string; readonly text: string | undefined };

/** Whether a rule lays nothing down, so that it need not be kept. */
export function isIdle({ pinned = false, ...rest }: SwarmRule): boolean {
  return !pinned && Object.entries(rest).every(([name, value]) => name === 'content' || value === undefined);
}
