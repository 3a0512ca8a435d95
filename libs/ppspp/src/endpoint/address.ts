import { hashText } from './hash-text';

/**
 * A transport address. `ip` is textual and normalised: an IPv4-mapped IPv6 address stands as the IPv4 address it
 * maps, IPv6 in the form the platform prints.
 */
export interface Address {
  readonly ip: string;
  readonly port: number;
}

/** One string for one address, for use as a key. */
export function addressKey({ ip, port }: Address): string {
  return `${ip}|${String(port)}`;
}

/** A number of 32 bits by which a peer is told from others, whatever ports it uses; a few peers share one. */
export function peerNumber({ ip }: Address): number {
  return hashText(ip);
}

/** Whom something is from, and whom it was meant for, if that is not us. What goes back to `from` is sent as from `origin`. */
export interface Path {
  readonly from: Address;
  /** The origin address of something that was intercepted. */
  readonly origin?: Address | undefined;
}

/** True for the same address, or for none twice. */
export function isSameAddress(one: Address | undefined, other: Address | undefined): boolean {
  return one === other || (one?.ip === other?.ip && one?.port === other?.port);
}

/** One string for one path, for use as a key. */
export function pathKey({ from, origin }: Path): string {
  return origin === undefined ? addressKey(from) : `${addressKey(from)}>${addressKey(origin)}`;
}

const groupsOfSubscriber = 4;
const groupsOfNetwork = 3;
const groupsOfAddress = 8;

/**
 * One string for one subscriber, for use as a key: its IPv4 address, or the first 64 bits of an IPv6 address, below which
 * a host has as many addresses as it likes (RFC 4291 section 2.5.1).
 */
export function subscriberKey({ ip }: Address): string {
  return ip.includes(':') ? prefixOf(ip, groupsOfSubscriber) : ip;
}

/**
 * One string for all addresses that are usually in one hand, or on one network: the first 24 bits of an IPv4 address, or the first
 * 48 bits of an IPv6 address.
 */
export function networkKey({ ip }: Address): string {
  return ip.includes(':') ? prefixOf(ip, groupsOfNetwork) : ip.slice(0, ip.lastIndexOf('.'));
}

/** The first groups of an IPv6 address. */
function prefixOf(ip: string, groups: number): string {
  const [before = '', after] = ip.split('::');
  const head = groupsOf(before);
  if (after !== undefined) {
    const tail = groupsOf(after);
    const isMixed = after.includes('.');
    while (head.length + tail.length < groupsOfAddress - (isMixed ? 1 : 0)) head.push('0');
    head.push(...tail);
  }
  return head.slice(0, groups).join(':');
}

function groupsOf(text: string): string[] {
  return text === '' ? [] : text.split(':');
}
