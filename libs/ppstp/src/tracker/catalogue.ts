import { limits } from '../limits';
import type { SwarmAccess } from './views';

/** Which swarms there are beside the published ones: any that somebody joins, or none. */
export type SwarmAdmission = 'any' | 'published';

/** What a requester may do with a swarm: `unauthenticated` if it has to prove who it is. */
export type Permission = 'granted' | 'unauthenticated' | 'refused';

/** Stands for every swarm in a grant. */
export const everySwarm = '*';

/** The swarms that a provider published, and who may be in the closed ones. */
export class Catalogue {
  private readonly published = new Map<string, SwarmAccess>();
  /** Swarms that were published once: nobody gets back in by naming them. */
  private readonly withdrawn = new Set<string>();
  /** Names of principals by swarm, or by `everySwarm`. */
  private readonly grants = new Map<string, Set<string>>();

  constructor(private readonly admission: SwarmAdmission) {}

  access(swarmId: string): SwarmAccess | undefined {
    return this.published.get(swarmId);
  }

  publish(swarmId: string, access: SwarmAccess): void {
    this.withdrawn.delete(swarmId);
    this.published.set(swarmId, access);
  }

  /** The grants of the swarm stay, for when it is published again. */
  withdraw(swarmId: string): void {
    this.published.delete(swarmId);
    if (this.admission === 'published') return;
    const [oldest] = this.withdrawn;
    if (this.withdrawn.size >= limits.withdrawnSwarmsMax && oldest !== undefined) this.withdrawn.delete(oldest);
    this.withdrawn.add(swarmId);
  }

  grant(swarmId: string, principalName: string): void {
    const names = this.grants.get(swarmId) ?? new Set();
    this.grants.set(swarmId, names.add(principalName));
  }

  revoke(swarmId: string, principalName: string): void {
    const names = this.grants.get(swarmId);
    names?.delete(principalName);
    if (names?.size === 0) this.grants.delete(swarmId);
  }

  permission(swarmId: string, principalName: string | undefined): Permission {
    const access = this.published.get(swarmId);
    if (access === undefined) return this.admission === 'any' && !this.withdrawn.has(swarmId) ? 'granted' : 'refused';
    if (access === 'open') return 'granted';
    if (principalName === undefined) return 'unauthenticated';
    return this.isGranted(swarmId, principalName) ? 'granted' : 'refused';
  }

  private isGranted(swarmId: string, name: string): boolean {
    return this.grants.get(swarmId)?.has(name) === true || this.grants.get(everySwarm)?.has(name) === true;
  }
}
