import { limits } from '@weir/ppstp';
import { Agent, request } from 'undici';

import type { Clock } from '../clock';

/** Why there is no answer to a request. */
export type ExchangeFault = 'unreachable' | 'timeout' | 'too-long' | 'stopped';

/** The body that came back, whatever it says, or why none did. */
export type Exchanged =
  | { readonly ok: true; readonly status: number; readonly text: string }
  | { readonly ok: false; readonly fault: ExchangeFault; readonly reason: string };

/** Carries the body of a request to a tracker, and the body of the response back. */
export interface Exchange {
  /** Never throws. Ends as `stopped` as soon as the signal is aborted. */
  post(body: string, signal: AbortSignal): Promise<Exchanged>;
  close(): Promise<void>;
}

/** Where to, and for how long at most. */
export interface HttpExchangeOptions {
  readonly url: string;
  /** From the first attempt to connect to the last byte of the answer. */
  readonly requestMillis: number;
  readonly localAddress?: string | undefined;
}

const mediaType = 'application/ppsp-tracker+json';

/** Connections to one tracker: a look-up must not wait for a report. */
const connectionsMax = 4;

/**
 * PPSTP over HTTP: POST, RFC 7846 sections 2.2 and 4. The tracker is a stranger: an answer ends at a number of bytes and
 * at a time, and redirects are not followed, since they could lead to any service in our network.
 */
export class HttpExchange implements Exchange {
  private readonly agent: Agent;

  constructor(
    private readonly options: HttpExchangeOptions,
    private readonly clock: Clock,
  ) {
    const { localAddress } = options;
    this.agent = new Agent({
      connections: connectionsMax,
      ...(localAddress === undefined ? {} : { localAddress }),
      maxResponseSize: limits.responseCharsMax,
    });
  }

  async post(body: string, signal: AbortSignal): Promise<Exchanged> {
    const deadline = new AbortController();
    const cancel = this.clock.after(this.options.requestMillis, () => deadline.abort());
    try {
      const answer = await request(this.options.url, {
        method: 'POST',
        headers: { 'content-type': mediaType, accept: mediaType },
        body,
        dispatcher: this.agent,
        signal: AbortSignal.any([deadline.signal, signal]),
      });
      return { ok: true, status: answer.statusCode, text: await answer.body.text() };
    } catch (error) {
      if (signal.aborted) return { ok: false, fault: 'stopped', reason: 'stopped' };
      if (deadline.signal.aborted) return { ok: false, fault: 'timeout', reason: 'no answer in time' };
      return failed(error);
    } finally {
      cancel();
    }
  }

  close(): Promise<void> {
    return this.agent.destroy();
  }
}

function failed(error: unknown): Exchanged {
  const code = errorCode(error);
  return code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE'
    ? { ok: false, fault: 'too-long', reason: `answer longer than ${String(limits.responseCharsMax)} bytes` }
    : { ok: false, fault: 'unreachable', reason: code };
}

/** The platform's code (ECONNREFUSED, ENOTFOUND...) or undici's; several attempts on several addresses have their own. */
function errorCode(error: unknown): string {
  if (typeof error !== 'object' || error === null) return 'unknown';
  if ('code' in error && typeof error.code === 'string') return error.code;
  return 'name' in error && typeof error.name === 'string' ? error.name : 'unknown';
}
