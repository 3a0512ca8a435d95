import { peerIpUsable, type Prefix } from '@weir/ppspp';
import { defaultTrackerOptions, type TrackerOptions } from '@weir/ppstp';

import { limits } from './limits';
import { type MembershipPlan, planMembership } from './membership-plan';
import { invalid, readCount, readFileName, readListen, readPrefix } from './plan-values';
import {
  type AuthenticationPlan,
  planAdmin,
  planAuthentication,
  planTls,
  type TlsPlan,
  type TrackerAdminPlan,
} from './security-plan';
import type { SwarmAdmission, TrackerLimitSettings, TrackerSettings } from './settings';

/** What one source prefix, and all together, may do to the server. */
export interface ServerLimits {
  readonly connections: number;
  readonly connectionsPerPrefix: number;
  readonly requestsPerSecond: number;
  readonly registrationsPerSecond: number;
}

/** The settings, checked, in the form that the tracker works with. */
export interface TrackerPlan {
  readonly host: string;
  readonly port: number;
  readonly path: string;
  readonly options: TrackerOptions;
  readonly server: ServerLimits;
  readonly tls: TlsPlan | undefined;
  readonly authentication: AuthenticationPlan;
  readonly trustedProxies: readonly Prefix[];
  readonly swarmAdmission: SwarmAdmission;
  readonly asnFile: string | undefined;
  /** Whether claimed addresses are tried by a HANDSHAKE. */
  readonly probes: boolean;
  /** What outlives the tracker is here; undefined if nothing does. */
  readonly stateDirectory: string | undefined;
  /** Undefined if there is no admin side. */
  readonly admin: TrackerAdminPlan | undefined;
  /** Where the authority on membership is; undefined if there is none. */
  readonly membership: MembershipPlan | undefined;
}

/** Checks the settings. Throws `TRACKER_SETTING_INVALID` for the first that is wrong, with the remedy. */
export function planTracker(settings: TrackerSettings): TrackerPlan {
  const { host, port } = readListen('listen', settings.listen);
  return {
    host,
    port,
    path: readPath(settings.path ?? '/'),
    options: planOptions(settings, host),
    server: planServer(settings.limits),
    tls: planTls(settings.tls),
    authentication: planAuthentication(settings.authentication),
    trustedProxies: (settings.trustedProxies ?? []).map((text) => readPrefix('trustedProxies', text)),
    swarmAdmission: settings.swarmAdmission ?? 'any',
    asnFile: readFileName('asnFile', settings.asnFile),
    probes: settings.probes ?? true,
    stateDirectory: readFileName('stateDirectory', settings.stateDirectory),
    admin: planAdmin(settings),
    membership: readMembership(settings),
  };
}

function planOptions(settings: TrackerSettings, host: string): TrackerOptions {
  const { peersMax, swarmsMax, swarmsPerPeerMax, membershipsMax } = defaultTrackerOptions;
  const { peers, swarms, swarmsPerPeer, memberships } = settings.limits ?? {};
  return {
    ...defaultTrackerOptions,
    trackMicros: readTimeout(settings.peerTimeoutSeconds),
    superNodes: readSuperNodes(settings),
    allowLoopback: settings.allowLoopback ?? (peerIpUsable(host, true) && !peerIpUsable(host, false)),
    peersMax: readCount('limits.peers', peers ?? peersMax, limits.peersSettingMax),
    swarmsMax: readCount('limits.swarms', swarms ?? swarmsMax, limits.peersSettingMax),
    swarmsPerPeerMax: readCount('limits.swarmsPerPeer', swarmsPerPeer ?? swarmsPerPeerMax, limits.peersSettingMax),
    membershipsMax: readCount('limits.memberships', memberships ?? membershipsMax, limits.membershipsSettingMax),
  };
}

function planServer(given: TrackerLimitSettings = {}): ServerLimits {
  const count = (name: keyof ServerLimits, usual: number, most: number) =>
    readCount(`limits.${name}`, given[name] ?? usual, most);
  return {
    connections: count('connections', limits.connectionsMax, limits.connectionsSettingMax),
    connectionsPerPrefix: count('connectionsPerPrefix', limits.connectionsPerPrefixMax, limits.connectionsSettingMax),
    requestsPerSecond: count('requestsPerSecond', limits.requestsPerSecondMax, limits.perSecondSettingMax),
    registrationsPerSecond: count(
      'registrationsPerSecond',
      limits.registrationsPerSecondMax,
      limits.perSecondSettingMax,
    ),
  };
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

/** Addresses and prefixes that stand alone are one group, for the subscribers that stand alone. */
function readSuperNodes({ superNodes = [], subscribers = [] }: TrackerSettings): TrackerOptions['superNodes'] {
  const served = subscribers.map((text) => readPrefix('subscribers', text));
  const alone = superNodes.flatMap((one) => (typeof one === 'string' ? [readPrefix('superNodes', one)] : []));
  const groups = superNodes.flatMap((one) => {
    if (typeof one === 'string') return [];
    const own = one.subscribers?.map((text) => readPrefix('superNodes.subscribers', text));
    return [{ nodes: one.nodes.map((text) => readPrefix('superNodes.nodes', text)), subscribers: own ?? served }];
  });
  return alone.length === 0 ? groups : [{ nodes: alone, subscribers: served }, ...groups];
}
