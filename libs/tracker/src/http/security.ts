import { randomBytes } from 'node:crypto';
import type { TlsOptions } from 'node:tls';

import { DigestRealm } from '@weir/digest';
import { watchFiles } from '@weir/tls';

import { limits } from '../limits';
import type { TrackerPlan } from '../plan';
import { Prover } from './proof';
import { identityFiles, readIdentity, type TlsIdentity, tlsOptions } from './tls';
import { readUsers, type Users } from './users';

const nobody: Users = { ha1ByUser: new Map(), userByHash: new Map() };

/** A tracker's certificate, authorities and users, which may be read anew while it runs. */
export class Security {
  readonly prover: Prover;
  private show: (context: TlsIdentity['context']) => void = () => undefined;

  private constructor(
    private readonly plan: TrackerPlan,
    private current: TlsIdentity | undefined,
    private users: Users,
  ) {
    const { digest, realm } = plan.authentication;
    this.prover = new Prover(digest === 'off' ? undefined : this.realm(realm));
  }

  /** Reads all files of the plan. Rejects with a `TlsError` or a `TrackerError` that names the one that is wrong. */
  static async open(plan: TrackerPlan): Promise<Security> {
    return new Security(plan, await identityOf(plan), await usersOf(plan));
  }

  /** Undefined for plain HTTP. */
  get identity(): TlsIdentity | undefined {
    return this.current;
  }

  get tlsOptions(): TlsOptions | undefined {
    return this.plan.tls && this.current && tlsOptions(this.plan.tls, this.current);
  }

  /** Has a server show what is read from now on. */
  showBy(show: (context: TlsIdentity['context']) => void): void {
    this.show = show;
  }

  /** Reads all files anew. Rejects as `open` does, and then nothing has changed. */
  async reload(): Promise<void> {
    const [identity, users] = [await identityOf(this.plan), await usersOf(this.plan)];
    this.current = identity;
    this.users = users;
    if (identity !== undefined) this.show(identity.context);
  }

  /** Calls `changed` after one of the files did. Returns what ends it. */
  watch(changed: () => void): () => void {
    const { tls, authentication } = this.plan;
    const users = authentication.usersFile === undefined ? [] : [authentication.usersFile];
    return watchFiles([...(tls === undefined ? [] : identityFiles(tls)), ...users], changed);
  }

  private realm(realm: string): DigestRealm {
    return new DigestRealm({
      realm,
      // Another one after each start: clients are asked once more, and nothing secret has to be kept.
      secret: randomBytes(32),
      nonceMillis: limits.nonceMillis,
      now: Date.now,
      ha1Of: (user) => this.users.ha1ByUser.get(user),
      userOfHash: (hash) => this.users.userByHash.get(hash),
      // Without TLS somebody on the way could exchange the body.
      bodies: this.plan.tls === undefined,
    });
  }
}

async function identityOf({ tls, host }: TrackerPlan): Promise<TlsIdentity | undefined> {
  return tls && readIdentity(tls, host);
}

async function usersOf({ authentication: { digest, usersFile, realm } }: TrackerPlan): Promise<Users> {
  return digest === 'off' || usersFile === undefined ? nobody : readUsers(usersFile, realm);
}
