import { parseIp, parsePrefix, type Prefix } from '@weir/ppspp';

import { TrackerError } from './errors';

/** An IP address and a port. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/** The error of a setting that is wrong, with the remedy. */
export function invalid(setting: string, value: string, remedy: string): TrackerError {
  return new TrackerError('TRACKER_SETTING_INVALID', `tracker setting ${setting} is "${value}": ${remedy}`, {
    setting,
    value,
  });
}

/** Reads `127.0.0.1:7846` and `[::1]:7846`. */
export function readListen(setting: string, listen: string): ListenAddress {
  const [, bracketed, plain, digits = ''] = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(listen) ?? [];
  const host = bracketed ?? plain ?? '';
  const port = Number(digits);
  if (parseIp(host) !== undefined && port <= 65_535) return { host, port };
  throw invalid(setting, listen, 'write an IP address and a port, as 127.0.0.1:7846 or [::1]:7846');
}

/** Reads an address or a prefix. */
export function readPrefix(setting: string, text: string): Prefix {
  const prefix = parsePrefix(text);
  if (prefix !== undefined) return prefix;
  throw invalid(setting, text, 'write an address or a prefix, as 192.0.2.1 or 192.0.2.0/24 or 2001:db8::/32');
}

/** Reads a path, which may be left out but not be empty. */
export function readFileName(setting: string, path: string | undefined): string | undefined {
  if (path === '') throw invalid(setting, path, 'name a file or a directory, or leave it out');
  return path;
}

/** Reads a whole number within bounds, both included. */
export function readCount(setting: string, count: number, most: number): number {
  if (Number.isInteger(count) && count >= 1 && count <= most) return count;
  throw invalid(setting, String(count), `name a whole number from 1 to ${String(most)}`);
}
