import { everySwarm, type SwarmAccess } from '@weir/ppstp';
import { CatalogueError } from './errors';
import { limits } from './limits';
import type { CatalogueEntry, Publication } from './record';
import type { Shelf, ShelfChange } from './shelf';
import { type Page, SortedNames } from './sorted-names';

/** Who obeys the catalogue: the tracker. */
export interface CatalogueSubject {
  publish(swarmId: string, access: SwarmAccess): void;
  /** Answers how many members had to leave. */
  withdraw(swarmId: string): number;
  grant(swarmId: string, principal: string): void;
  revoke(swarmId: string, principal: string): void;
}

/**
 * The swarms that a provider published or withdrew, and who may join the closed ones. A change is kept first and obeyed then,
 * one after the other: what was acknowledged is there after a crash, and nothing is obeyed that would be forgotten.
 */
export class Catalogue {
  private readonly swarms = new Map<string, CatalogueEntry>();
  private readonly names = new SortedNames();
  private readonly grants = new Map<string, SortedNames>();
  private grantCount = 0;
  private subject: CatalogueSubject | undefined;
  private last: Promise<unknown> = Promise.resolve();
  private waiting = 0;

  /** Reads the shelf. Throws a `CatalogueError` for what cannot be read. */
  constructor(
    private readonly shelf: Shelf,
    private readonly nowMillis: () => number = Date.now,
  ) {
    const { swarms, grants } = shelf.read();
    for (const [swarmId, entry] of swarms) this.keep(swarmId, entry);
    for (const { swarmId, principal } of grants) this.keepGrant(swarmId, principal);
  }

  get counts(): { readonly published: number; readonly withdrawn: number; readonly grants: number } {
    let withdrawn = 0;
    for (const { access } of this.swarms.values()) if (access === 'withdrawn') withdrawn++;
    return { published: this.swarms.size - withdrawn, withdrawn, grants: this.grantCount };
  }

  /** Has a tracker obey: all that is in the catalogue, and each change from now on. */
  rule(subject: CatalogueSubject): void {
    this.subject = subject;
    for (const [swarmId, { access }] of this.swarms) {
      if (access === 'withdrawn') subject.withdraw(swarmId);
      else subject.publish(swarmId, access);
    }
    for (const [swarmId, principals] of this.grants)
      for (const principal of principals) subject.grant(swarmId, principal);
  }

  find(swarmId: string): CatalogueEntry | undefined {
    return this.swarms.get(swarmId);
  }

  /** Swarm IDs behind `after`, the withdrawn ones too. */
  page(after: string, limit: number): Page<string> {
    return this.names.page(after, limit);
  }

  /** Who may join a closed swarm, behind `after`. */
  principals(swarmId: string, after: string, limit: number): Page<string> {
    return this.grants.get(swarmId)?.page(after, limit) ?? { items: [], next: undefined };
  }

  isGranted(swarmId: string, principal: string): boolean {
    return this.grants.get(swarmId)?.has(principal) === true;
  }

  /** Publishes a swarm, or changes how it is. Answers whether it was not published before. Rejects with a `CatalogueError`. */
  publish(swarmId: string, { access, title, metadata }: Publication): Promise<boolean> {
    return this.change(async () => {
      const before = this.swarms.get(swarmId);
      const forgotten = before === undefined ? this.roomFor() : [];
      const described = { ...(title === undefined ? {} : { title }), ...(metadata === undefined ? {} : { metadata }) };
      const entry = { access, ...described, changedAt: this.nowMillis() };
      await this.shelf.commit([...removals(forgotten), { kind: 'put', swarmId, entry }]);
      this.forget(forgotten);
      this.keep(swarmId, entry);
      this.subject?.publish(swarmId, access);
      return before === undefined || before.access === 'withdrawn';
    });
  }

  /**
   * Withdraws a swarm, published or not: its members leave, its grants end, and nobody joins it until it is published again.
   * Answers how many members left. Rejects with a `CatalogueError`.
   */
  withdraw(swarmId: string): Promise<number> {
    return this.change(async () => {
      const before = this.swarms.get(swarmId);
      const forgotten = before === undefined ? this.roomFor() : [];
      const entry = { access: 'withdrawn', changedAt: this.nowMillis() } as const;
      const principals = [...(this.grants.get(swarmId) ?? [])];
      const revocations = principals.map((principal): ShelfChange => ({ kind: 'revoke', swarmId, principal }));
      await this.shelf.commit([...removals(forgotten), { kind: 'put', swarmId, entry }, ...revocations]);
      this.forget(forgotten);
      this.keep(swarmId, entry);
      const removed = this.subject?.withdraw(swarmId) ?? 0;
      for (const principal of principals) {
        this.dropGrant(swarmId, principal);
        this.subject?.revoke(swarmId, principal);
      }
      return removed;
    });
  }

  /**
   * Lets a principal into a swarm that is published, or with `everySwarm` into all. Answers whether it was not let in before.
   * Rejects with a `CatalogueError`.
   */
  grant(swarmId: string, principal: string): Promise<boolean> {
    return this.change(async () => {
      this.requirePublished(swarmId);
      if (this.isGranted(swarmId, principal)) return false;
      if (this.grantCount >= limits.grantsMax) throw full('grants', limits.grantsMax);
      await this.shelf.commit([{ kind: 'grant', swarmId, principal }]);
      this.keepGrant(swarmId, principal);
      this.subject?.grant(swarmId, principal);
      return true;
    });
  }

  /** Takes a grant back. Answers whether there was one. Rejects with a `CatalogueError`. */
  revoke(swarmId: string, principal: string): Promise<boolean> {
    return this.change(async () => {
      if (!this.isGranted(swarmId, principal)) return false;
      await this.shelf.commit([{ kind: 'revoke', swarmId, principal }]);
      this.dropGrant(swarmId, principal);
      this.subject?.revoke(swarmId, principal);
      return true;
    });
  }

  /** When what is under way is done. */
  async close(): Promise<void> {
    await this.last;
    await this.shelf.close();
  }

  /** Throws `SWARM_UNPUBLISHED`. */
  requirePublished(swarmId: string): void {
    if (swarmId === everySwarm) return;
    const entry = this.swarms.get(swarmId);
    if (entry !== undefined && entry.access !== 'withdrawn') return;
    throw new CatalogueError('SWARM_UNPUBLISHED', `swarm ${swarmId} is not published; publish it first`);
  }

  /** One change after the other. */
  private change<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.waiting >= limits.changesMax) {
      const message = 'as many changes as are allowed wait for the disk; try again in a moment';
      return Promise.reject(new CatalogueError('CATALOGUE_BUSY', message));
    }
    this.waiting++;
    const result = this.last.then(work).finally(() => this.waiting--);
    this.last = result.catch(() => undefined);
    return result;
  }

  /** What is to be forgotten so that one more swarm has a place: who publishes for years withdraws as much. */
  private roomFor(): readonly string[] {
    if (this.swarms.size < limits.swarmsMax) return [];
    let oldest: { readonly swarmId: string; readonly changedAt: number } | undefined;
    for (const [swarmId, { access, changedAt }] of this.swarms)
      if (access === 'withdrawn' && changedAt < (oldest?.changedAt ?? Infinity)) oldest = { swarmId, changedAt };
    if (oldest === undefined) throw full('swarms', limits.swarmsMax);
    return [oldest.swarmId];
  }

  private forget(swarmIds: readonly string[]): void {
    for (const swarmId of swarmIds) {
      this.swarms.delete(swarmId);
      this.names.delete(swarmId);
    }
  }

  private keep(swarmId: string, entry: CatalogueEntry): void {
    this.swarms.set(swarmId, entry);
    this.names.add(swarmId);
  }

  private keepGrant(swarmId: string, principal: string): void {
    const principals = this.grants.get(swarmId) ?? new SortedNames();
    this.grants.set(swarmId, principals);
    if (principals.add(principal)) this.grantCount++;
  }

  private dropGrant(swarmId: string, principal: string): void {
    const principals = this.grants.get(swarmId);
    if (principals?.delete(principal) === true) this.grantCount--;
    if (principals?.size === 0) this.grants.delete(swarmId);
  }
}

function removals(swarmIds: readonly string[]): readonly ShelfChange[] {
  return swarmIds.map((swarmId) => ({ kind: 'remove', swarmId }));
}

function full(what: string, max: number): CatalogueError {
  const message = `the catalogue has ${max} ${what}, and no place for more; take back some, or run another tracker`;
  return new CatalogueError('CATALOGUE_FULL', message, { max });
}
