import { DigestCredentials } from '@weir/digest';
import { limits } from '@weir/ppstp';
import { Agent, type Dispatcher, request } from 'undici';

import type { Clock } from '../clock';
import { connectionsMax } from '../limits';
import { connectorOf, type ConnectorOptions, type Family } from './connector';
import { type Failed, faultOf } from './exchange-fault';

export type { ExchangeFault } from './exchange-fault';

/** The body that came back, whatever it says, or why none did. */
export type Exchanged =
  | {
      readonly ok: true;
      readonly status: number;
      readonly text: string;
      /** Why the tracker does not know who we are, for people; undefined unless it wants to. */
      readonly denied?: string | undefined;
    }
  | Failed;

/** How a request goes. */
export interface Way {
  /** Default: any that leads there. */
  readonly family?: Family | undefined;
}

/** Carries the body of a request to a tracker, and the body of the response back. */
export interface Exchange {
  /** Never throws. Ends as `stopped` as soon as the signal is aborted. */
  post(body: string, signal: AbortSignal, way?: Way): Promise<Exchanged>;
  close(): Promise<void>;
}

/** Who we are at a tracker: HTTP Digest, RFC 7616. */
export interface TrackerCredentials {
  /** Without a colon. */
  readonly username: string;
  readonly password: string;
}

/** Where to, for how long at most, and as whom. */
export interface HttpExchangeOptions extends Omit<ConnectorOptions, 'connectMillis'> {
  /** From the first attempt to connect to the last byte of the answer, a repetition with a challenge's answer included. */
  readonly requestMillis: number;
  readonly credentials?: TrackerCredentials | undefined;
}

const mediaType = 'application/ppsp-tracker+json';

/** Kinds of an answer that we read: RFC 7846 section 4 has one; who does not know it calls it JSON, text or nothing. */
const readable = /^(?:[\w.-]+\/(?:[\w.-]+\+)?json|text\/plain)?[ \t]*(?:;|$)/i;

interface Answered {
  readonly status: number;
  readonly text: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/**
 * PPSTP over HTTP: POST, RFC 7846 sections 2.2 and 4. The tracker is a stranger: an answer ends at a number of bytes and
 * at a time; redirects are not followed, since they could lead to any service in our network; nothing that it sets is sent
 * back, no proxy that the environment names is asked, and nothing is decompressed. A certificate that cannot be verified
 * ends the connection before anything is sent.
 */
export class HttpExchange implements Exchange {
  private readonly agents = new Map<Family | undefined, Agent>();
  private readonly digest: DigestCredentials | undefined;
  private readonly target: string;
  private hasAnswered = false;

  constructor(
    private readonly options: HttpExchangeOptions,
    private readonly clock: Clock,
  ) {
    const { credentials, url } = options;
    const { pathname, search } = new URL(url);
    this.target = pathname + search;
    this.digest = credentials && new DigestCredentials(credentials);
  }

  async post(body: string, signal: AbortSignal, { family }: Way = {}): Promise<Exchanged> {
    const deadline = new AbortController();
    const cancel = this.clock.after(this.options.requestMillis, () => deadline.abort());
    try {
      const dispatcher = this.agent(family);
      return await this.ask({ body, dispatcher, signal: AbortSignal.any([deadline.signal, signal]) });
    } catch (error) {
      if (signal.aborted) return { ok: false, fault: 'stopped', reason: 'stopped' };
      if (deadline.signal.aborted) return { ok: false, fault: 'timeout', reason: 'no answer in time' };
      return faultOf(error, !this.hasAnswered && this.options.url.startsWith('https:'));
    } finally {
      cancel();
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.agents.values()].map((agent) => agent.destroy()));
  }

  /** A challenge is answered once: who is refused then is refused (RFC 7616 section 3.3). */
  private async ask(order: Order): Promise<Exchanged> {
    const vouched = { method: 'POST', uri: this.target, body: order.body };
    const first = await this.send(order, this.digest?.next(vouched));
    if (first.status !== 401) return exchanged(first);
    if (this.digest === undefined) return exchanged(first, 'it asks for a user name and password');
    const authorization = this.digest.authorize(vouched, first.headers['www-authenticate'] ?? '');
    if (authorization === undefined) return exchanged(first, 'it offers no HTTP Digest with SHA-256');
    const second = await this.send(order, authorization);
    if (second.status !== 401) return exchanged(second);
    this.digest.forget();
    return exchanged(second, 'it refuses our user name or password');
  }

  private async send(order: Order, authorization: string | undefined): Promise<Answered> {
    const { statusCode, headers, body } = await request(this.options.url, {
      ...order,
      method: 'POST',
      headers: {
        ...{ 'content-type': mediaType, accept: mediaType, 'accept-encoding': 'identity' },
        ...(authorization === undefined ? {} : { authorization }),
      },
    });
    this.hasAnswered = true;
    const answered = { status: statusCode, headers, text: await body.text() };
    const info = headers['authentication-info'];
    if (typeof info === 'string') this.digest?.taught(info);
    return answered;
  }

  private agent(family: Family | undefined): Agent {
    const known = this.agents.get(family);
    if (known !== undefined) return known;
    const { requestMillis, ...options } = this.options;
    const agent = new Agent({
      connections: connectionsMax,
      connect: connectorOf({ ...options, connectMillis: requestMillis }, family),
      maxResponseSize: limits.responseCharsMax,
    });
    this.agents.set(family, agent);
    return agent;
  }
}

interface Order {
  readonly body: string;
  readonly dispatcher: Dispatcher;
  readonly signal: AbortSignal;
}

function exchanged({ status, text, headers }: Answered, denied?: string): Exchanged {
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity')
    return { ok: false, fault: 'unreadable', reason: 'a compressed answer, unasked', status };
  const kind = headers['content-type'] ?? '';
  const isReadable = typeof kind === 'string' && readable.test(kind);
  if (!isReadable && denied === undefined) {
    const reason = `HTTP ${String(status)}, an answer that is no ${mediaType}`;
    return { ok: false, fault: 'unreadable', reason, status };
  }
  return { ok: true, status, text, ...(denied === undefined ? {} : { denied }) };
}
