import { normalIp, peerIpUsable, type Prefix } from '@weir/ppspp';
import {
  type AdmissionOptions,
  defaultAdmissionOptions,
  defaultTrackerOptions,
  type Rate,
  type SuperNode,
  type TrackerOptions,
} from '@weir/ppstp';

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
import type { SuperNodeSettings, TrackerLimitSettings, TrackerSettings } from './settings';

/** What one source prefix, and all together, may do to the server. */
export interface ServerLimits {
  readonly connections: number;
  readonly connectionsPerPrefix: number;
  /** New connections from one source prefix. */
  readonly connectionRate: Rate;
  readonly admission: AdmissionOptions;
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
    asnFile: readFileName('asnFile', settings.asnFile),
    probes: settings.probes ?? true,
    stateDirectory: readFileName('stateDirectory', settings.stateDirectory),
    admin: planAdmin(settings),
    membership: readMembership(settings),
  };
}

function planOptions(settings: TrackerSettings, host: string): TrackerOptions {
  const { peersMax, swarmsMax, swarmsPerPeerMax, membershipsMax } = defaultTrackerOptions;
  const { peers, swarms, swarmsPerPeer, memberships, peersPerPrefix } = settings.limits ?? {};
  return {
    ...defaultTrackerOptions,
    trackMicros: readTimeout(settings.peerTimeoutSeconds),
    superNodes: readSuperNodes(settings),
    allowLoopback: settings.allowLoopback ?? isForThisMachine(settings, host),
    peersMax: readCount('limits.peers', peers ?? peersMax, limits.peersSettingMax),
    swarmsMax: readCount('limits.swarms', swarms ?? swarmsMax, limits.peersSettingMax),
    swarmsPerPeerMax: readCount('limits.swarmsPerPeer', swarmsPerPeer ?? swarmsPerPeerMax, limits.peersSettingMax),
    membershipsMax: readCount('limits.memberships', memberships ?? membershipsMax, limits.membershipsSettingMax),
    admission: settings.swarmAdmission ?? 'any',
    ...(peersPerPrefix === undefined
      ? {}
      : { peersPerPrefixMax: readCount('limits.peersPerPrefix', peersPerPrefix, limits.peersSettingMax) }),
  };
}

/** Whether peers are on this machine, as they are in a trial: nobody else reaches its loopback, unless through a proxy. */
function isForThisMachine({ trustedProxies = [] }: TrackerSettings, host: string): boolean {
  return trustedProxies.length === 0 && peerIpUsable(host, true) && !peerIpUsable(host, false);
}

const connectionRate: Rate = { perSecond: limits.connectionRateMax, burst: limits.connectionBurstMax };

function planServer(given: TrackerLimitSettings = {}): ServerLimits {
  const { connections = limits.connectionsMax, connectionsPerPrefix = limits.connectionsPerPrefixMax } = given;
  const { newcomers, known } = defaultAdmissionOptions;
  const connectionsMax = limits.connectionsSettingMax;
  return {
    connections: readCount('limits.connections', connections, connectionsMax),
    connectionsPerPrefix: readCount('limits.connectionsPerPrefix', connectionsPerPrefix, connectionsMax),
    connectionRate: readRate('limits.connectionsPerSecond', given.connectionsPerSecond, connectionRate),
    admission: {
      ...defaultAdmissionOptions,
      newcomers: readRate('limits.registrationsPerSecond', given.registrationsPerSecond, newcomers),
      known: readRate('limits.requestsPerSecond', given.requestsPerSecond, known),
    },
  };
}

/** A rate of which the operator names how much a second; ten seconds' worth may come at once. */
function readRate(setting: string, perSecond: number | undefined, usual: Rate): Rate {
  if (perSecond === undefined) return usual;
  return { perSecond: readCount(setting, perSecond, limits.perSecondSettingMax), burst: perSecond * 10 };
}

/** What stands at other paths of the same address. */
const ownPaths: readonly string[] = ['/healthz', '/metrics'];

/** A path as requests have it: nothing in it needs an escape. */
function readPath(path: string): string {
  if (ownPaths.includes(path)) throw invalid('path', path, `the tracker itself answers there: choose another`);
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
function readSuperNodes({ superNodes = [], subscribers = [] }: TrackerSettings): readonly SuperNode[] {
  const served = subscribers.map((text) => readPrefix('subscribers', text));
  const alone = superNodes.flatMap((one) => (typeof one === 'string' ? [readPrefix('superNodes', one)] : []));
  const groups = superNodes.flatMap((one) => (typeof one === 'string' ? [] : [readSuperNode(one, served)]));
  return alone.length === 0 ? groups : [{ nodes: alone, subscribers: served }, ...groups];
}

function readSuperNode(one: SuperNodeSettings, served: readonly Prefix[]): SuperNode {
  const own = one.subscribers?.map((text) => readPrefix('superNodes.subscribers', text));
  const at = one.address === undefined ? undefined : readListen('superNodes.address', one.address);
  return {
    nodes: one.nodes.map((text) => readPrefix('superNodes.nodes', text)),
    subscribers: own ?? served,
    onlySubscribers: one.onlySubscribers ?? false,
    everySwarm: one.everySwarm ?? false,
    address: at && { ip: normalIp(at.host) ?? at.host, port: at.port },
  };
}
