import type { Environment } from './sources';

/** What a service manager tells a process that it started, as sd_notify(3) and sd_watchdog_enabled(3) have it. */
export interface ServiceEnvironment {
  /** Where it listens: a path, or an abstract name after `@`. */
  readonly socket: string;
  /** Within how many microseconds it wants a sign of life; undefined if it wants none. */
  readonly watchdogMicros: number | undefined;
}

/** Undefined where no service manager listens. What is meant for another process (`WATCHDOG_PID`) is not for us. */
export function serviceEnvironment(env: Environment = process.env, pid = process.pid): ServiceEnvironment | undefined {
  const { NOTIFY_SOCKET: socket = '', WATCHDOG_USEC: micros = '', WATCHDOG_PID: whose = String(pid) } = env;
  if (!/^[/@]./.test(socket)) return undefined;
  const isWatched = /^[1-9]\d{0,15}$/.test(micros) && whose === String(pid);
  return { socket, watchdogMicros: isWatched ? Number(micros) : undefined };
}
