import type { Socket } from 'node:net';

import { type Rate, sourcePrefix, TokenBuckets } from '@weir/ppstp';

/** How many connections there may be. A source prefix is an IPv4 /24 or an IPv6 /48. */
export interface ConnectionLimits {
  readonly connections: number;
  readonly connectionsPerPrefix: number;
  /** New connections from one source prefix: each may cost a TLS handshake. */
  readonly rate: Rate;
  /** Source prefixes whose rate is kept. */
  readonly prefixesMax: number;
}

/** Why a connection was ended: too many of its prefix in a moment, or at a time; or room was needed for another. */
export type ConnectionEnd = 'rate' | 'prefix' | 'room';

/**
 * The connections of a server, bounded in all and by source prefix. A connection that is one too many takes the place of
 * the oldest: an honest peer is done within moments, and whoever holds connections for long is holding on to them.
 */
export class Connections {
  /** The oldest first. */
  private readonly open = new Map<Socket, string>();
  private readonly byPrefix = new Map<string, Set<Socket>>();
  private readonly buckets: TokenBuckets;

  constructor(
    private readonly limits: ConnectionLimits,
    private readonly ended: (why: ConnectionEnd) => void,
    private readonly nowMicros: () => number,
  ) {
    this.buckets = new TokenBuckets(limits.rate, limits.prefixesMax);
  }

  /** Connections that are open now. */
  get size(): number {
    return this.open.size;
  }

  /** Takes note of a connection, which may end it or another. `ip` is where it comes from, as `normalIp` writes it. */
  accept(socket: Socket, ip: string): void {
    const prefix = sourcePrefix(ip);
    if (!this.buckets.take(prefix, this.nowMicros())) return this.end(socket, 'rate');
    const ofPrefix = this.byPrefix.get(prefix) ?? new Set<Socket>();
    const [oldestOfPrefix] = ofPrefix;
    const [oldest] = this.open.keys();
    if (oldestOfPrefix !== undefined && ofPrefix.size >= this.limits.connectionsPerPrefix) {
      this.end(oldestOfPrefix, 'prefix');
    } else if (oldest !== undefined && this.open.size >= this.limits.connections) {
      this.end(oldest, 'room');
    }
    this.byPrefix.set(prefix, ofPrefix.add(socket));
    this.open.set(socket, prefix);
    socket.once('close', () => this.forget(socket));
  }

  private end(socket: Socket, why: ConnectionEnd): void {
    this.forget(socket);
    this.ended(why);
    socket.destroy();
  }

  private forget(socket: Socket): void {
    const prefix = this.open.get(socket);
    if (prefix === undefined) return;
    this.open.delete(socket);
    const ofPrefix = this.byPrefix.get(prefix);
    ofPrefix?.delete(socket);
    if (ofPrefix?.size === 0) this.byPrefix.delete(prefix);
  }
}
