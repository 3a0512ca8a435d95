import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { listenFailed } from '../listen-failed';
import type { TrackerPlan } from '../plan';

/** Opens the server's socket. Rejects with `TRACKER_LISTEN_FAILED`. */
export function listen(server: Server, { host, port }: TrackerPlan): Promise<void> {
  return new Promise((resolve, reject) => {
    const refuse = (error: unknown): void => {
      const shown = host.includes(':') ? `[${host}]` : host;
      reject(listenFailed(`${shown}:${String(port)}`, error));
    };
    server.once('error', refuse);
    server.listen({ host, port }, () => {
      server.off('error', refuse);
      resolve();
    });
  });
}

/** Ends the server and its connections, whether it listens or not. */
export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

/** What this host itself reaches a server at that listens everywhere. */
const ownAddresses: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };

/** Where a server that listens is reached. */
export function urlOf(server: Server, { tls, path, host }: TrackerPlan): string {
  const address: AddressInfo | string | null = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const reachable = ownAddresses[host] ?? host;
  const authority = reachable.includes(':') ? `[${reachable}]` : reachable;
  return `${tls === undefined ? 'http' : 'https'}://${authority}:${String(port)}${path}`;
}
