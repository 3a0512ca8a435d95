import { randomBytes } from 'node:crypto';

import {
  decodeResponse,
  encodeRequest,
  type MessageFault,
  type PeerAddress,
  type PeerMode,
  type Request,
  type Response,
  type StreamStats,
  type SwarmAction,
} from '@weir/ppstp';

import { type Clock, systemClock, wait } from '../clock';
import type { ExchangeFault, Failed } from './exchange-fault';
import { type Exchange, HttpExchange, type HttpExchangeOptions, type Way } from './http-exchange';

/** Why there is no valid response. `unauthorized`: the tracker wants to know who we are, and says nothing else. */
export type AnswerFault = ExchangeFault | MessageFault | 'transaction' | 'unauthorized';

/**
 * A valid response, which may say that the request failed, or why there is none. `reason` is for people, and so is `denied`:
 * why the tracker does not know who we are, with error 06 most often.
 */
export type Answer =
  | { readonly ok: true; readonly response: Response; readonly denied?: string | undefined }
  | (Omit<Failed, 'fault'> & { readonly fault: AnswerFault });

/** A tracker, and who speaks to it. `requestMillis` is for one attempt. */
export interface PpstpClientOptions extends HttpExchangeOptions {
  readonly peerId: string;
  /** How often a request is repeated. Default 2. */
  readonly retriesMax?: number;
}

/** What a client needs of the world around it; all of it has a default. */
export interface PpstpClientWorld {
  readonly clock?: Clock;
  readonly random?: () => number;
  /** May be shared by clients of one tracker; whoever made it closes it. */
  readonly exchange?: Exchange;
  /** Told of every request when it is over. */
  readonly observe?: (request: Request['type'], answer: Answer) => void;
}

/** Who speaks, if it is not the peer ID that the client was made with, and which way. */
export interface Speaker extends Way {
  readonly peerId?: string;
}

/** What CONNECT may say beside its actions. */
export interface ConnectDetails extends Speaker {
  readonly addresses?: readonly PeerAddress[];
  /** How many peers to list; a SEEDER gets a list only if it says so. */
  readonly peerCount?: number;
}

/** Pause before the first repetition; it doubles with each. Half of it to one and a half, so that peers spread. */
const pauseMillis = 500;

/**
 * The peer's end of PPSTP, towards one tracker (RFC 7846 section 4). Never throws for what a tracker does or leaves
 * undone. "If the peer receives an invalid response, the same request with identical content including the same
 * transaction_id MUST be repeated" (section 4.3): it is, a few times; a response that says FAILED is valid.
 */
export class PpstpClient {
  private readonly clock: Clock;
  private readonly random: () => number;
  private readonly exchange: Exchange;
  private readonly closing = new AbortController();

  constructor(
    private readonly options: PpstpClientOptions,
    private readonly world: PpstpClientWorld = {},
  ) {
    this.clock = world.clock ?? systemClock;
    this.random = world.random ?? Math.random;
    this.exchange = world.exchange ?? new HttpExchange(options, this.clock);
  }

  /** Section 4.1.1. At most `limits.actionsPerConnectMax` actions. */
  connect(actions: readonly SwarmAction[], details: ConnectDetails = {}): Promise<Answer> {
    const { addresses = [], peerCount } = details;
    return this.ask({ type: 'CONNECT', ...this.base(details), actions, addresses, ...numbered(peerCount) }, details);
  }

  /** CONNECT with a JOIN for each swarm. */
  join(swarmIds: readonly string[], mode: PeerMode, details: ConnectDetails = {}): Promise<Answer> {
    return this.connect(
      swarmIds.map((swarmId) => ({ swarmId, action: 'JOIN', mode })),
      details,
    );
  }

  /** CONNECT with a LEAVE for each swarm. RFC 7846 section 4.1.1: "regardless of the peer mode". */
  leave(swarmIds: readonly string[]): Promise<Answer> {
    return this.connect(swarmIds.map((swarmId) => ({ swarmId, action: 'LEAVE', mode: 'SEEDER' })));
  }

  /** Section 4.1.2. */
  find(swarmId: string, peerCount?: number, speaker: Speaker = {}): Promise<Answer> {
    return this.ask({ type: 'FIND', ...this.base(speaker), swarmId, ...numbered(peerCount) }, speaker);
  }

  /** Section 4.1.3. At most `limits.statsPerReportMax` statistics; none makes it a keep-alive. */
  statReport(stats: readonly StreamStats[] = [], speaker: Speaker = {}): Promise<Answer> {
    return this.ask({ type: 'STAT_REPORT', ...this.base(speaker), stats }, speaker);
  }

  /** Ends every request that is under way as `stopped`. */
  async close(): Promise<void> {
    this.closing.abort();
    if (this.world.exchange === undefined) await this.exchange.close();
  }

  private base({ peerId = this.options.peerId }: Speaker) {
    return { transactionId: randomBytes(8).toString('hex'), peerId };
  }

  private async ask(request: Request, way: Way): Promise<Answer> {
    const body = encodeRequest(request);
    const attempt = { body, transactionId: request.transactionId, way };
    const { retriesMax = 2 } = this.options;
    let answer = await this.attempt(attempt);
    for (let retry = 0; retry < retriesMax && worthRepeating(answer); retry++) {
      await wait(this.clock, pauseMillis * 2 ** retry * (0.5 + this.random()), this.closing.signal);
      answer = await this.attempt(attempt);
    }
    this.world.observe?.(request.type, answer);
    return answer;
  }

  private async attempt({ body, transactionId, way }: Attempt): Promise<Answer> {
    if (this.closing.signal.aborted) return { ok: false, fault: 'stopped', reason: 'stopped' };
    const exchanged = await this.exchange.post(body, this.closing.signal, way);
    if (!exchanged.ok) return exchanged;
    const { status, text, denied } = exchanged;
    const decoded = decodeResponse(text);
    if (!decoded.ok && denied !== undefined) return { ok: false, fault: 'unauthorized', reason: denied, status };
    if (!decoded.ok) {
      return { ok: false, fault: decoded.fault, reason: `HTTP ${String(status)}, ${decoded.fault} answer`, status };
    }
    const { message: response } = decoded;
    // A tracker that could not read the request cannot name the transaction.
    const anonymous = response.errorCode !== 0 && response.transactionId === '';
    return anonymous || response.transactionId === transactionId
      ? { ok: true, response, ...(denied === undefined ? {} : { denied }) }
      : { ok: false, fault: 'transaction', reason: 'answer to another transaction' };
  }
}

interface Attempt {
  readonly body: string;
  readonly transactionId: string;
  readonly way: Way;
}

/** What an operator has to mend stays as it is, however often one asks. */
const lasting: readonly AnswerFault[] = ['stopped', 'certificate', 'tls', 'forbidden', 'unauthorized'];

function worthRepeating(answer: Answer): boolean {
  return !answer.ok && !lasting.includes(answer.fault);
}

function numbered(peerCount: number | undefined) {
  return peerCount === undefined ? {} : { peerNumber: { peerCount } };
}
