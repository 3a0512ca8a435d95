import { lookup as lookUp, type LookupAddress } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';

import { buildConnector } from 'undici';

import { codeOf, forbiddenCode } from './exchange-fault';
import type { Forbids } from './places';
import type { TrackerTls } from './tls';

/** An IP family. */
export type Family = 4 | 6;

/** How connections to a tracker are made. */
export interface ConnectorOptions {
  readonly url: string;
  readonly connectMillis: number;
  readonly tls?: TrackerTls | undefined;
  readonly forbids?: Forbids | undefined;
  /** Where connections of each family come from; left to the host where it does not have that address (any longer). */
  readonly localAddresses?: { readonly ipv4?: string | undefined; readonly ipv6?: string | undefined } | undefined;
  /** Where all of them come from, without fail. */
  readonly localAddress?: string | undefined;
  /** Default: the platform's. */
  readonly lookUp?: LookUp | undefined;
}

/** All addresses of a name, of a family or of both (0). */
export type LookUp = (
  name: string,
  options: { readonly all: true; readonly family: Family | 0 },
  callback: (error: Error | null, addresses: readonly LookupAddress[]) => void,
) => void;

type Connect = buildConnector.connector;
type Connected = Parameters<buildConnector.Callback>;

/** How much the first family is ahead of the other: RFC 8305 section 5 recommends a quarter of a second. */
const aheadMillis = 250;

/**
 * Makes connections to a tracker, of a family if one is asked for. Each address is judged in the moment that we connect to
 * it: a name that stood for something harmless when it was looked up before proves nothing (DNS rebinding).
 */
export function connectorOf(options: ConnectorOptions, family?: Family): Connect {
  const { host, port } = placeOf(options.url);
  const literal = isIP(host);
  if (literal === 4 || literal === 6) {
    const connect = connectorIn(options, family ?? literal);
    return (target, callback) => {
      const reason = family === undefined || family === literal ? options.forbids?.(host, port) : otherFamily;
      if (reason === undefined) connect(target, callback);
      else callback(forbidden(reason), null);
    };
  }
  const { ipv4, ipv6 } = options.localAddresses ?? {};
  // The platform knows how to go about two families, unless each has an address of its own to come from.
  if (family !== undefined || (ipv4 === undefined && ipv6 === undefined)) return connectorIn(options, family ?? 0);
  return race(connectorIn(options, 6), connectorIn(options, 4));
}

const otherFamily = 'it is an address of the other family';

/** Connections of one family, or of any (0). */
function connectorIn(options: ConnectorOptions, family: Family | 0): Connect {
  const { connectMillis, localAddress, localAddresses } = options;
  const own = { 0: undefined, 4: localAddresses?.ipv4, 6: localAddresses?.ipv6 }[family];
  const connect = buildConnector({
    ...{ timeout: connectMillis, family, lookup: judging(options), minVersion: 'TLSv1.2' },
    // Whatever NODE_TLS_REJECT_UNAUTHORIZED says.
    rejectUnauthorized: true,
    ...identityOf(options.tls ?? {}),
  });
  return (target, callback) => {
    const source = localAddress ?? own;
    if (source === undefined) return connect(target, callback);
    connect({ ...target, localAddress: source }, (...connected: Connected) => {
      const isGone = localAddress === undefined && codeOf(connected[0]) === 'EADDRNOTAVAIL';
      if (isGone) connect(target, callback);
      else callback(...connected);
    });
  };
}

function identityOf({ ca, certificate, key }: TrackerTls) {
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(certificate === undefined ? {} : { cert: certificate }),
    ...(key === undefined ? {} : { key }),
  };
}

/** Looks a name up, and leaves out what nothing may be sent to. */
function judging({ url, forbids, lookUp: look = lookUp }: ConnectorOptions): LookupFunction {
  const { port } = placeOf(url);
  return (name, { all = false, family }, callback) => {
    look(name, { all: true, family: family === 4 || family === 6 ? family : 0 }, (error, found) => {
      if (error !== null) return callback(error, []);
      const judged = found.map(({ address, family: of }) => ({
        address,
        family: of,
        reason: forbids?.(address, port),
      }));
      const allowed = judged.filter(({ reason }) => reason === undefined);
      const [first] = allowed;
      if (first === undefined) callback(forbidden(judged[0]?.reason ?? 'its name stands for no address'), []);
      else if (all) callback(null, allowed);
      else callback(null, first.address, first.family);
    });
  };
}

/** The first connection that is made; the other one is given up, or never tried. */
function race(first: Connect, second: Connect): Connect {
  return (target, callback) => {
    const failures: Error[] = [];
    let isOver = false;
    let isSecondTried = false;
    const done = (...[error, socket]: Connected): void => {
      if (error === null) {
        if (isOver) socket.destroy();
        else callback(null, socket);
        isOver = true;
        return;
      }
      failures.push(error);
      if (failures.length === 2) callback(telling(failures), null);
      else trySecond();
    };
    const trySecond = (): void => {
      clearTimeout(timer);
      if (isOver || isSecondTried) return;
      isSecondTried = true;
      second(target, done);
    };
    const timer = setTimeout(trySecond, aheadMillis);
    first(target, (...connected: Connected) => {
      clearTimeout(timer);
      done(...connected);
    });
  };
}

/** That a host has no address of a family, or no route for it, says less than what happened with the other. */
function telling(failures: readonly Error[]): Error {
  const absent = /^(?:ENOTFOUND|EAI_\w+|ENETUNREACH|EHOSTUNREACH|EAFNOSUPPORT|EADDRNOTAVAIL)$/;
  const [error = new AggregateError(failures)] = [...failures].sort(
    (one, other) => Number(absent.test(codeOf(one))) - Number(absent.test(codeOf(other))),
  );
  return error;
}

function forbidden(reason: string): Error {
  return Object.assign(new Error(`not contacted: ${reason}`), { code: forbiddenCode });
}

function placeOf(text: string) {
  const { hostname, port, protocol } = new URL(text);
  const host = hostname.replace(/^\[|\]$/g, '');
  return { host, port: port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port) };
}
