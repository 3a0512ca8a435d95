import { randomBytes } from 'node:crypto';

import { type Address, normalIp, peerIpUsable } from '@weir/ppspp';
import { limits, type PeerAddress } from '@weir/ppstp';

import type { TrackerCredentials } from './client/http-exchange';
import { tlsProblem, type TrackerTls } from './client/tls';
import { RegistrationError } from './errors';
import { trackersMax } from './limits';

/** Whom a tracker is there for, and whom an address is: the provider's own subscribers, or everyone. */
export type Audience = 'subscribers' | 'everyone';

/** One tracker, and how to get along with it. */
export interface TrackerSettings {
  /** That PPSTP requests are posted to, `http:` or `https:`. */
  readonly url: string;
  /** Of its group, the trackers of the lowest tier are used; those of the next while none of the lower ones answers. Default 1. */
  readonly tier?: number | undefined;
  /** Trackers that can stand in for each other. Default: the group without a name. */
  readonly group?: string | undefined;
  /** Which of our addresses it is told. Default `subscribers`. */
  readonly serve?: Audience | undefined;
  /** For HTTP Digest (RFC 7616). */
  readonly credentials?: TrackerCredentials | undefined;
  /** In PEM: whom we trust there, and who we are. */
  readonly tls?: TrackerTls | undefined;
}

/** Where other peers reach us, and what trackers are told of it (RFC 7846 section 3.2.4). */
export interface AnnouncedAddress extends Address {
  /** The larger the value, the higher the priority. Default: in the order of the settings. */
  readonly priority?: number | undefined;
  /** Default `HOST`. */
  readonly type?: PeerAddress['type'] | undefined;
  readonly connection?: PeerAddress['connection'];
  /** Number of the autonomous system. */
  readonly asn?: string | undefined;
  /** Who is told of it. Default: `subscribers`; everyone too if no address is for everyone. */
  readonly for?: Audience | undefined;
}

/** What a registration is told: by an operator's configuration, or by a command. */
export interface RegistrationSettings {
  /** The trackers, or their URLs. */
  readonly trackers: readonly (string | TrackerSettings)[];
  /** Where other peers reach us, the best first. None: trackers know us, but list us to nobody. */
  readonly addresses: readonly (Address | AnnouncedAddress)[];
  /** Default: 20 random bytes in hex. */
  readonly peerId?: string | undefined;
  /** Time from one STAT_REPORT to the next. Default 60. */
  readonly reportSeconds?: number | undefined;
  /** Time for one request and its answer. Default 5. */
  readonly requestSeconds?: number | undefined;
  /** Time that the peers of a swarm are remembered before trackers are asked again. Default 15. */
  readonly lookupSeconds?: number | undefined;
  /** Time to take leave of all trackers. Default 2. */
  readonly leaveSeconds?: number | undefined;
  /** Whether peers at loopback addresses are believed: for a lab on one host. Default false. */
  readonly allowLoopback?: boolean | undefined;
  /** Where this process listens for operators: no tracker is looked for there. */
  readonly ownListeners?: readonly Address[] | undefined;
  /** IP address that requests are sent from. Default: the announced one of the family, where the host has it and it leads there. */
  readonly localAddress?: string | undefined;
}

/** One tracker, with what was left out filled in. */
export interface TrackerPlan extends TrackerSettings {
  readonly tier: number;
  readonly group: string;
  readonly serve: Audience;
}

/** The settings, checked, with what was left out filled in. Times are milliseconds. */
export interface RegistrationPlan {
  readonly trackers: readonly TrackerPlan[];
  readonly addresses: readonly AnnouncedAddress[];
  readonly peerId: string;
  readonly reportMillis: number;
  readonly requestMillis: number;
  readonly lookupMillis: number;
  readonly leaveMillis: number;
  readonly allowLoopback: boolean;
  readonly ownListeners: readonly Address[];
  readonly localAddress: string | undefined;
}

/** Tiers of one group: each may hold a tracker. */
const tierMax = trackersMax;

/** Seconds, each for the reason that it has the value it has. */
export const defaultSeconds = Object.freeze({
  /** A third of the silence that our own tracker bears. */
  report: 60,
  /** Long for a round trip, short for a subscriber who waits for peers. */
  request: 5,
  /** A swarm that many subscribers ask for at a time costs one look-up; a peer that joins is found soon. */
  lookup: 15,
  /** A service manager waits longer than this before it kills. */
  leave: 2,
});

/** Checks the settings. Throws `REGISTRATION_SETTING_INVALID` for the first that is wrong, with the remedy. */
export function planRegistration(settings: RegistrationSettings): RegistrationPlan {
  const allowLoopback = settings.allowLoopback ?? false;
  return {
    trackers: readTrackers(settings.trackers),
    addresses: readAddresses(settings.addresses, allowLoopback),
    peerId: readPeerId(settings.peerId),
    reportMillis: readSeconds('reportSeconds', settings.reportSeconds ?? defaultSeconds.report),
    requestMillis: readSeconds('requestSeconds', settings.requestSeconds ?? defaultSeconds.request),
    lookupMillis: readSeconds('lookupSeconds', settings.lookupSeconds ?? defaultSeconds.lookup),
    leaveMillis: readSeconds('leaveSeconds', settings.leaveSeconds ?? defaultSeconds.leave),
    allowLoopback,
    ownListeners: settings.ownListeners ?? [],
    localAddress: readLocalAddress(settings.localAddress),
  };
}

function readTrackers(trackers: RegistrationSettings['trackers']): readonly TrackerPlan[] {
  if (trackers.length > trackersMax) {
    throw invalid('trackers', `${String(trackers.length)} URLs`, `name ${String(trackersMax)} at most`);
  }
  const plans = new Map<string, TrackerPlan>();
  for (const tracker of trackers) {
    const plan = readTracker(typeof tracker === 'string' ? { url: tracker } : tracker);
    if (!plans.has(plan.url)) plans.set(plan.url, plan);
  }
  return [...plans.values()];
}

function readTracker(settings: TrackerSettings): TrackerPlan {
  const { tier = 1, group = '', serve = 'subscribers' } = settings;
  if (!Number.isInteger(tier) || tier < 1 || tier > tierMax) {
    throw invalid('tier', String(tier), `name a whole number from 1, the first, to ${String(tierMax)}`);
  }
  const url = readUrl(settings.url);
  const problem = settings.tls === undefined ? undefined : tlsProblem(settings.tls);
  if (problem !== undefined) throw invalid(`tls.${problem.part}`, url, problem.remedy);
  return { ...settings, url, tier, group, serve };
}

function readUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol)) {
    throw invalid('trackers', text, 'write a URL as http://192.0.2.1:7846/ or https://tracker.example.com/video_1');
  }
  return url.href;
}

function readAddresses(
  addresses: RegistrationSettings['addresses'],
  allowLoopback: boolean,
): readonly AnnouncedAddress[] {
  if (addresses.length > limits.addressesPerPeerMax) {
    const remedy = `name ${String(limits.addressesPerPeerMax)} at most`;
    throw invalid('addresses', `${String(addresses.length)} addresses`, remedy);
  }
  return addresses.map((address) => readAddress(address, allowLoopback));
}

function readAddress(address: AnnouncedAddress, allowLoopback: boolean): AnnouncedAddress {
  const { ip, port, priority, asn } = address;
  if (!peerIpUsable(ip, allowLoopback) || !Number.isInteger(port) || port < 1 || port > 65_535) {
    const remedy = 'name an address that other peers can send to (for 127.0.0.0/8, allowLoopback as well)';
    throw invalid('addresses', `${ip} port ${String(port)}`, remedy);
  }
  if (priority !== undefined && !(Number.isSafeInteger(priority) && priority >= 0)) {
    throw invalid('addresses', `priority ${String(priority)}`, 'name a whole number, the larger the better');
  }
  if (asn !== undefined && !(/^[\x21-\x7e]+$/.test(asn) && asn.length <= limits.labelCharsMax)) {
    throw invalid('addresses', `asn ${asn}`, 'write the number of an autonomous system, as 64500');
  }
  return { ...address, ip: normalIp(ip) ?? ip };
}

function readPeerId(peerId = randomBytes(20).toString('hex')): string {
  if (/^[\x21-\x7e]+$/.test(peerId) && peerId.length <= limits.peerIdCharsMax) return peerId;
  throw invalid('peerId', peerId, `use 1 to ${String(limits.peerIdCharsMax)} visible ASCII characters`);
}

function readSeconds(setting: string, seconds: number): number {
  if (Number.isFinite(seconds) && seconds >= 0.01 && seconds <= 3_600) return Math.round(seconds * 1000);
  throw invalid(setting, String(seconds), 'name 0.01 to 3600 seconds');
}

function readLocalAddress(ip: string | undefined): string | undefined {
  if (ip === undefined || normalIp(ip) !== undefined) return ip;
  throw invalid('localAddress', ip, 'write an IP address of this host');
}

function invalid(setting: string, value: string, remedy: string): RegistrationError {
  const message = `registration setting ${setting} is "${value}": ${remedy}`;
  return new RegistrationError('REGISTRATION_SETTING_INVALID', message, { setting, value });
}
