import { TrackerError } from './errors';

const remedies: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another process listens there; stop it, or choose another port',
  EADDRNOTAVAIL: 'this host has no such address; choose one of its own',
  EACCES: 'a port below 1024 needs CAP_NET_BIND_SERVICE; choose a higher one',
};

/** The error of an address that could not be had, with the remedy. */
export function listenFailed(listen: string, error: unknown): TrackerError {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'unknown';
  const remedy = remedies[code] ?? code;
  const message = `tracker cannot listen on ${listen}: ${remedy}`;
  return new TrackerError('TRACKER_LISTEN_FAILED', message, { listen, reason: code }, { cause: error });
}
