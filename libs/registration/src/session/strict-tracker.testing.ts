import {
  type ConnectRequest,
  decodeRequest,
  encodeResponse,
  type ErrorCode,
  errorCodes,
  errorResponse,
  type PeerMode,
  type Request,
  type Response,
} from '@weir/ppstp';

import type { Exchange, Exchanged } from '../client/http-exchange';

/** How a foreign tracker reads RFC 7846. */
export interface Rules {
  /** Swarms that one CONNECT from START may join. */
  readonly startMax: Readonly<Record<PeerMode, number>>;
  /** What becomes of a LEECH JOIN while TRACKING; `fatal`: it ends the registration as well. */
  readonly join: 'allowed' | 'refused' | 'fatal';
  /** Whether a LEAVE ends the registration, whatever else the peer is in (table 6). */
  readonly leave: 'allowed' | 'ends';
  /** Longest body, and what becomes of a longer one. */
  readonly bodyCharsMax: number;
  readonly tooLong: 'status' | 'cut' | 'code';
  /** Swarms that nobody may join. */
  readonly closed: readonly string[];
  readonly refusal: ErrorCode;
  /** Whether one closed swarm spoils a whole CONNECT. */
  readonly whole: boolean;
}

/** As lenient as can be, but for SEEDER JOIN while TRACKING, which ends a registration at all of them. */
export const lenient: Rules = {
  startMax: { SEEDER: 100, LEECH: 100 },
  join: 'allowed',
  leave: 'allowed',
  bodyCharsMax: 131_072,
  tooLong: 'status',
  closed: [],
  refusal: errorCodes.forbiddenAction,
  whole: false,
};

/** Table 6 of RFC 7846, to the letter: one LEECH swarm, and a registration ends with whatever has no row. */
export const literal: Rules = { ...lenient, startMax: { SEEDER: 100, LEECH: 1 }, join: 'fatal', leave: 'ends' };

/** A foreign tracker: knows who is in what, and lists nobody. It can be down, forget everything, or answer one code only. */
export class StrictTracker implements Exchange {
  readonly peers = new Map<string, Map<string, PeerMode>>();
  /** What came, as `CONNECT me JOIN:LEECH aa bb`, `STAT_REPORT me x1`. */
  readonly heard: string[] = [];
  fault: Extract<Exchanged, { ok: false }> | undefined;
  down = false;
  always: ErrorCode | undefined;

  constructor(public rules: Rules = lenient) {}

  /** Everyone who is in a swarm. */
  members(swarmId: string): readonly string[] {
    return [...this.peers].filter(([, swarms]) => swarms.has(swarmId)).map(([peerId]) => peerId);
  }

  news(): string[] {
    return this.heard.splice(0);
  }

  async post(body: string): Promise<Exchanged> {
    await Promise.resolve();
    if (this.fault !== undefined) return this.fault;
    if (this.down) return { ok: false, fault: 'unreachable', reason: 'ECONNREFUSED' };
    const decoded = decodeRequest(body);
    if (!decoded.ok) return answered(errorResponse(decoded.transactionId, errorCodes.badRequest));
    this.heard.push(summary(decoded.message));
    if (body.length > this.rules.bodyCharsMax) return this.tooLong(decoded.message);
    return answered(this.answer(decoded.message));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  private tooLong({ transactionId }: Request): Exchanged {
    switch (this.rules.tooLong) {
      case 'status':
        return { ok: true, status: 413, text: '<html>' };
      case 'cut':
        return { ok: false, fault: 'unreachable', reason: 'ECONNRESET' };
      case 'code':
        return answered(errorResponse(transactionId, errorCodes.badRequest));
    }
  }

  private answer(request: Request): Response {
    const { transactionId, peerId } = request;
    if (this.always !== undefined) return errorResponse(transactionId, this.always);
    if (request.type === 'CONNECT') return this.connect(request);
    const swarms = this.peers.get(peerId);
    const swarmIds = request.type === 'FIND' ? [request.swarmId] : request.stats.map(({ swarmId }) => swarmId);
    const strange = swarmIds.filter((swarmId) => swarms?.has(swarmId) !== true);
    const nothing = swarms === undefined || (strange.length > 0 && strange.length === swarmIds.length);
    return nothing ? errorResponse(transactionId, errorCodes.forbiddenAction) : success(request, swarmIds, strange);
  }

  private connect(request: ConnectRequest): Response {
    const swarms = this.peers.get(request.peerId);
    const joins = request.actions.filter(({ action }) => action === 'JOIN');
    if (swarms === undefined) return joins.length < request.actions.length ? this.refuse(request) : this.start(request);
    const seeds = joins.some(({ mode }) => mode === 'SEEDER');
    if (seeds || (joins.length > 0 && this.rules.join === 'fatal')) {
      this.peers.delete(request.peerId);
      return this.refuse(request);
    }
    if (joins.length > 0) return this.rules.join === 'refused' ? this.refuse(request) : this.enter(request, swarms);
    for (const { swarmId } of request.actions) swarms.delete(swarmId);
    if (swarms.size === 0 || this.rules.leave === 'ends') this.peers.delete(request.peerId);
    return success(request, [], []);
  }

  private start(request: ConnectRequest): Response {
    const modes = new Set(request.actions.map(({ mode }) => mode));
    const tooMany = [...modes].some((mode) => request.actions.length > this.rules.startMax[mode]);
    return modes.size > 1 || tooMany ? this.refuse(request) : this.enter(request, new Map());
  }

  private enter(request: ConnectRequest, swarms: Map<string, PeerMode>): Response {
    const isClosed = (swarmId: string) => this.rules.closed.includes(swarmId);
    const open = request.actions.filter(({ swarmId }) => !isClosed(swarmId));
    const spoilt = open.length < request.actions.length && this.rules.whole;
    if (open.length === 0 || spoilt) return this.refuse(request);
    for (const { swarmId, mode } of open) swarms.set(swarmId, mode);
    this.peers.set(request.peerId, swarms);
    const swarmIds = request.actions.map(({ swarmId }) => swarmId);
    return success(request, swarmIds, swarmIds.filter(isClosed));
  }

  private refuse({ transactionId }: Request): Response {
    return errorResponse(transactionId, this.rules.refusal);
  }
}

function success({ transactionId }: Request, swarmIds: readonly string[], refused: readonly string[]): Response {
  const results = swarmIds.map((swarmId) => ({ swarmId, successful: !refused.includes(swarmId) }));
  return { transactionId, errorCode: errorCodes.noError, results };
}

function answered(response: Response): Exchanged {
  return { ok: true, status: 200, text: encodeResponse(response) };
}

function summary(request: Request): string {
  const { type, peerId } = request;
  if (type === 'FIND') return `FIND ${peerId} ${request.swarmId}`;
  if (type === 'STAT_REPORT') return `STAT_REPORT ${peerId} x${String(request.stats.length)}`;
  const kinds = new Set(request.actions.map(({ action, mode }) => `${action}:${mode}`));
  return `CONNECT ${peerId} ${[...kinds].join('+')} ${request.actions.map(({ swarmId }) => swarmId).join(' ')}`;
}
