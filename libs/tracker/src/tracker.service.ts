import { Inject, Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import {
  decodeRequest,
  encodeResponse,
  errorCodes,
  errorResponse,
  faultResponse,
  type RequestContext,
  type Response,
  Tracker,
} from '@weir/ppstp';

import type { TrackerMetrics } from './metrics';
import type { TrackerPlan } from './settings';

/** Injection tokens: what `TrackerModule.forRoot` makes of the settings. */
export const trackerPlan = Symbol('tracker plan');
/** Injection token of the tracker's metrics. */
export const trackerMetrics = Symbol('tracker metrics');

/** How often silent peers are looked for, beside with each request. Only the metrics would notice a longer time. */
const expiryMillis = 5_000;

/** A tracker with a clock and dice: bodies of requests in, bodies of responses out. */
@Injectable()
export class TrackerService implements OnModuleInit, OnModuleDestroy {
  private readonly tracker: Tracker;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    @Inject(trackerPlan) plan: TrackerPlan,
    @Inject(trackerMetrics) private readonly metrics: TrackerMetrics,
  ) {
    this.tracker = new Tracker(plan.options, Math.random);
  }

  onModuleInit(): void {
    this.timer = setInterval(() => this.expire(), expiryMillis).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  /** Answers the body of a request with the body of a response. */
  answer(body: string, from: RequestContext['from']): Uint8Array {
    const decoded = decodeRequest(body);
    if (!decoded.ok) return this.send('unreadable', faultResponse(decoded.fault, decoded.transactionId));
    this.expire();
    const response = this.tracker.handle(decoded.message, { now: monotonicMicros(), from });
    return this.send(decoded.message.type, response);
  }

  /** Answers a request that HTTP could not bring to us, or that we failed at: 01 or 04, RFC 7846 section 4.3. */
  refuse(cause: 'peer' | 'tracker'): Uint8Array {
    const code = cause === 'peer' ? errorCodes.badRequest : errorCodes.internalServerError;
    return this.send('unreadable', errorResponse('', code));
  }

  /** Bytes, since to a text the server would add a charset, and the media type has no parameters (section 8.1). */
  private send(request: string, response: Response): Uint8Array {
    this.metrics.requests.inc({ request, error_code: response.errorCode });
    this.measure();
    return Buffer.from(encodeResponse(response));
  }

  private expire(): void {
    this.metrics.expiredPeers.inc(this.tracker.expire(monotonicMicros()));
    this.measure();
  }

  private measure(): void {
    const { peers, swarms, memberships } = this.tracker.counts;
    this.metrics.peers.set(peers);
    this.metrics.swarms.set(swarms);
    this.metrics.memberships.set(memberships);
  }
}

/** Whole microseconds of a clock that nobody sets back: a peer must not expire because the host's time was corrected. */
function monotonicMicros(): number {
  return Math.round(performance.now() * 1000);
}
