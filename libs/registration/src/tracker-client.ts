import { isIP } from 'node:net';

import type { Address } from '@weir/ppspp';
import type { PeerAddress, Request } from '@weir/ppstp';

import { type Exchange, HttpExchange, type HttpExchangeOptions } from './client/http-exchange';
import { forbiddenPlaces } from './client/places';
import { type Answer, PpstpClient } from './client/ppstp-client';
import type { Clock } from './clock';
import { EitherExchange } from './either-exchange';
import type { SessionClient } from './session/session-client';
import type { RegistrationPlan, TrackerPlan } from './settings';

/** What a client of a tracker has in common with those of the others. */
export interface TrackerClientWorld {
  readonly clock: Clock;
  readonly random: () => number;
  readonly observe: (request: Request['type'], answer: Answer) => void;
}

/** The client of a tracker, over HTTP, as whom and from where the settings say. */
export function trackerClient(
  plan: RegistrationPlan,
  tracker: TrackerPlan,
  announced: readonly PeerAddress[],
  world: TrackerClientWorld,
): SessionClient {
  const { url, credentials, tls } = tracker;
  const { peerId, requestMillis, localAddress } = plan;
  const forbids = forbiddenPlaces({ allowLoopback: plan.allowLoopback, own: plan.ownListeners });
  const options: HttpExchangeOptions = { url, requestMillis, credentials, tls, forbids, localAddress };
  const exchange = exchangeOf(options, announced, world.clock);
  const client = new PpstpClient({ ...options, peerId }, { ...world, exchange });
  return {
    connect: (actions, details) => client.connect(actions, details),
    find: (swarmId, peerCount, speaker) => client.find(swarmId, peerCount, speaker),
    statReport: (stats, speaker) => client.statReport(stats, speaker),
    close: async () => {
      await client.close();
      await exchange.close();
    },
  };
}

function exchangeOf(options: HttpExchangeOptions, announced: readonly PeerAddress[], clock: Clock): Exchange {
  const free = new HttpExchange(options, clock);
  const sources = announced.filter(({ type, ip }) => type === 'HOST' && leadsTo(options.url, ip));
  if (sources.length === 0 || options.localAddress !== undefined) return free;
  const localAddresses = { ipv4: first(sources, 4), ipv6: first(sources, 6) };
  return new EitherExchange(new HttpExchange({ ...options, localAddresses }, clock), free);
}

function first(addresses: readonly Pick<Address, 'ip'>[], family: number): string | undefined {
  return addresses.find(({ ip }) => isIP(ip) === family)?.ip;
}

/** From a loopback address one reaches this host alone. */
function leadsTo(url: string, ip: string): boolean {
  const { hostname } = new URL(url);
  return !isLocal(ip) || hostname === 'localhost' || isLocal(hostname.replace(/^\[|\]$/g, ''));
}

function isLocal(ip: string): boolean {
  return ip === '::1' || (isIP(ip) === 4 && ip.startsWith('127.'));
}
