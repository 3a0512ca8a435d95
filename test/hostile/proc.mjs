// What Linux tells of other processes.
import { readFileSync } from 'node:fs';

/** Resident memory of a process, in bytes. */
export function residentBytes(pid) {
  const [, kilobytes = '0'] = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) * 1_024;
}

/** Bytes that wait in the kernel for the socket at an IPv4 address, and datagrams that it had no room for. */
export function socketState({ ip, port }) {
  const address = Buffer.from(ip.split('.').map(Number)).reverse().toString('hex').toUpperCase();
  const local = `${address}:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const line = readFileSync('/proc/net/udp', 'utf8')
    .split('\n')
    .find((text) => text.includes(` ${local} `));
  const words = (line ?? '').trim().split(/\s+/);
  return { queued: Number.parseInt(words[4]?.split(':')[1] ?? '0', 16), lost: Number(words.at(-1) ?? 0) };
}
