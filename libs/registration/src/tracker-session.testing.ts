import {
  decodeRequest,
  defaultTrackerOptions,
  encodeResponse,
  errorCodes,
  errorResponse,
  type Request,
  Tracker,
} from '@weir/ppstp';

import type { Exchange, Exchanged } from './client/http-exchange';
import { PpstpClient } from './client/ppstp-client';
import type { TestClock } from './registration.testing';

/** A tracker without a network: it can be down, overloaded, restarted or slow. */
export class LocalTracker {
  tracker = fresh();
  mode: 'up' | 'down' | 'overloaded' | 'silent' = 'up';
  /** Requests that came, as `CONNECT JOIN:SEEDER x2` or `FIND aa`. */
  readonly heard: string[] = [];

  /** Requests that it answered with an error code of its own accord. */
  refused = 0;

  constructor(private readonly clock: TestClock) {}

  restart(): void {
    this.tracker = fresh();
  }

  client(peerId: string): PpstpClient {
    const exchange: Exchange = {
      post: (body, signal) => this.post(body, signal),
      close: () => Promise.resolve(),
    };
    const options = { url: '', peerId, requestMillis: 5_000, retriesMax: 0 };
    return new PpstpClient(options, { clock: this.clock, exchange, random: () => 0.5 });
  }

  /** What came since the last time that this was asked. */
  news(): string[] {
    return this.heard.splice(0);
  }

  private async post(body: string, signal: AbortSignal): Promise<Exchanged> {
    await Promise.resolve();
    const decoded = decodeRequest(body);
    if (!decoded.ok) return { ok: true, status: 200, text: '' };
    if (this.mode === 'down') return { ok: false, fault: 'unreachable', reason: 'ECONNREFUSED' };
    this.heard.push(summary(decoded.message));
    if (this.mode === 'silent' && !signal.aborted) {
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
    }
    if (signal.aborted) return { ok: false, fault: 'stopped', reason: 'stopped' };
    return { ok: true, status: 200, text: encodeResponse(this.answer(decoded.message)) };
  }

  private answer(request: Request) {
    if (this.mode === 'overloaded') return errorResponse(request.transactionId, errorCodes.serviceUnavailable);
    const context = { now: this.clock.now() * 1000, from: { ip: '127.0.0.1', port: 1 } };
    const response = this.tracker.handle(request, context);
    if (response.errorCode !== errorCodes.noError) this.refused++;
    return response;
  }
}

function fresh(): Tracker {
  return new Tracker({ ...defaultTrackerOptions, allowLoopback: true }, () => 0.5);
}

function summary(request: Request): string {
  switch (request.type) {
    case 'CONNECT': {
      const kinds = new Set(request.actions.map(({ action, mode }) => `${action}:${mode}`));
      return `CONNECT ${[...kinds].join('+')} x${String(request.actions.length)}`;
    }
    case 'FIND':
      return `FIND ${request.swarmId}`;
    case 'STAT_REPORT':
      return `STAT_REPORT x${String(request.stats.length)}`;
  }
}
