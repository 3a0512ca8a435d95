import { formatHostPort, type HostPort } from '@weir/config';
import { CacheError } from '@weir/ppspp';

/** `ADMIN_LISTEN_FAILED`: the address of the admin API cannot be listened on; `details.reason` is the system's code. */
export type AdminListenErrorCode = 'ADMIN_LISTEN_FAILED';

/** The admin API could not be opened. */
export class AdminListenError extends CacheError<AdminListenErrorCode> {}

/** What listens: an application of Nest's. */
interface Listener {
  listen(port: number, host: string): Promise<unknown>;
}

const remedies: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program listens there; end it, or choose another port',
  EADDRNOTAVAIL: 'this machine has no such address; choose one that it has',
  EACCES: 'this user may not listen there; choose a port above 1023',
};

/** Opens the admin API. Rejects with an `AdminListenError` that names the key, the value and the remedy. */
export async function listenAdmin(app: Listener, address: HostPort): Promise<void> {
  try {
    await app.listen(address.port, address.host);
  } catch (cause) {
    const reason = reasonOf(cause);
    const remedy = remedies[reason] ?? `the system says ${reason}; choose another address`;
    const message = `admin.listen is "${formatHostPort(address)}": ${remedy}`;
    throw new AdminListenError('ADMIN_LISTEN_FAILED', message, { reason }, { cause });
  }
}

function reasonOf(cause: unknown): string {
  const hasCode = typeof cause === 'object' && cause !== null && 'code' in cause;
  return hasCode ? String(cause.code) : String(cause);
}
