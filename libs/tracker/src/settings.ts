import { parseIp, parsePrefix, peerIpUsable, type Prefix } from '@weir/ppspp';
import { defaultTrackerOptions, type TrackerOptions } from '@weir/ppstp';

import { type MembershipPlan, planMembership } from './membership-plan';
import { TrackerError } from './errors';

/** What an operator tells a tracker: texts, as they stand in a configuration or on a command line. */
export interface TrackerSettings {
  /** `127.0.0.1:7846` or `[::1]:7846`. Port 0 takes any that is free. */
  readonly listen: string;
  /** Path that requests are posted to. Default `/`. */
  readonly path?: string | undefined;
  /** Addresses or prefixes of the caches that stand before all other peers. Default: none. */
  readonly superNodes?: readonly string[] | undefined;
  /** Prefixes of the peers that the super nodes are there for. Default: everyone. */
  readonly subscribers?: readonly string[] | undefined;
  /** Whether peers may have loopback addresses. Default: whether the tracker itself listens on one. */
  readonly allowLoopback?: boolean | undefined;
  /** Silence after which a peer is forgotten. Default 180. */
  readonly peerTimeoutSeconds?: number | undefined;
  /** Directory of the authority that certifies who is in which swarm; it is made there if there is none. Default: no certificates. */
  readonly membershipDirectory?: string | undefined;
  /** Instead: files, in PEM, of an authority that there is already. Neither is useful without the other. */
  readonly membershipKey?: string | undefined;
  readonly membershipCertificate?: string | undefined;
}

/** The settings, checked, in the form that the tracker works with. */
export interface TrackerPlan {
  readonly host: string;
  readonly port: number;
  readonly path: string;
  readonly options: TrackerOptions;
  /** Where the authority on membership is; undefined if there is none. */
  readonly membership: MembershipPlan | undefined;
}

/** Checks the settings. Throws `TRACKER_SETTING_INVALID` for the first that is wrong, with the remedy. */
export function planTracker(settings: TrackerSettings): TrackerPlan {
  const { host, port } = readListen(settings.listen);
  return {
    host,
    port,
    path: readPath(settings.path ?? '/'),
    membership: readMembership(settings),
    options: {
      ...defaultTrackerOptions,
      trackMicros: readTimeout(settings.peerTimeoutSeconds),
      superNodes: readSuperNodes(settings),
      allowLoopback: settings.allowLoopback ?? (peerIpUsable(host, true) && !peerIpUsable(host, false)),
    },
  };
}

function readListen(listen: string): { host: string; port: number } {
  const [, bracketed, plain, digits = ''] = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(listen) ?? [];
  const host = bracketed ?? plain ?? '';
  const port = Number(digits);
  if (parseIp(host) !== undefined && port <= 65_535) return { host, port };
  throw invalid('listen', listen, 'write an IP address and a port, as 127.0.0.1:7846 or [::1]:7846');
}

/** Characters that mean nothing to the router. */
function readPath(path: string): string {
  if (/^\/[\w./~-]{0,200}$/.test(path)) return path;
  throw invalid('path', path, 'begin with "/" and use letters, digits and any of . _ ~ / - after it');
}

function readTimeout(seconds: number | undefined): number {
  if (seconds === undefined) return defaultTrackerOptions.trackMicros;
  if (Number.isFinite(seconds) && seconds >= 1 && seconds <= 86_400) return Math.round(seconds * 1_000_000);
  throw invalid('peerTimeoutSeconds', String(seconds), 'name 1 to 86400 seconds');
}

function readMembership(settings: TrackerSettings): MembershipPlan | undefined {
  const { membershipDirectory, membershipKey = '', membershipCertificate = '' } = settings;
  const outcome = planMembership(settings);
  if (outcome.ok) return outcome.plan;
  const value = [membershipDirectory ?? '', membershipKey, membershipCertificate]
    .filter((one) => one !== '')
    .join(', ');
  throw invalid('membership', value, outcome.remedy);
}

function readSuperNodes({ superNodes = [], subscribers = [] }: TrackerSettings): TrackerOptions['superNodes'] {
  const nodes = superNodes.map((text) => readPrefix('superNodes', text));
  const served = subscribers.map((text) => readPrefix('subscribers', text));
  return nodes.length === 0 ? [] : [{ nodes, subscribers: served }];
}

function readPrefix(setting: string, text: string): Prefix {
  const prefix = parsePrefix(text);
  if (prefix !== undefined) return prefix;
  throw invalid(setting, text, 'write an address or a prefix, as 192.0.2.1 or 192.0.2.0/24 or 2001:db8::/32');
}

function invalid(setting: string, value: string, remedy: string): TrackerError {
  return new TrackerError('TRACKER_SETTING_INVALID', `tracker setting ${setting} is "${value}": ${remedy}`, {
    setting,
    value,
  });
}
