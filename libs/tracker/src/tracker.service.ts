import { Inject, Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import {
  decodeRequest,
  encodeResponse,
  errorCodes,
  errorResponse,
  faultResponse,
  limits,
  type Request,
  type RequestContext,
  type Response,
  type SwarmResult,
  Tracker,
} from '@weir/ppstp';

import type { CertificateDesk } from './certificate-desk';
import type { TrackerMetrics } from './metrics';
import type { TrackerPlan } from './plan';

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
  private desk: CertificateDesk | undefined;

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

  /** Has members certified from now on. */
  issueBy(desk: CertificateDesk | undefined): void {
    this.desk = desk;
  }

  /** Answers the body of a request with the body of a response. */
  async answer(body: string, from: RequestContext['from']): Promise<Uint8Array> {
    const decoded = decodeRequest(body);
    if (!decoded.ok) return this.send('unreadable', faultResponse(decoded.fault, decoded.transactionId));
    this.expire();
    const response = this.tracker.handle(decoded.message, { now: monotonicMicros(), from });
    return this.send(decoded.message.type, await this.certified(decoded.message, response, from));
  }

  /** Answers a request that HTTP could not bring to us, or that we failed at: 01 or 04, RFC 7846 section 4.3. */
  refuse(cause: 'peer' | 'tracker'): Uint8Array {
    const code = cause === 'peer' ? errorCodes.badRequest : errorCodes.internalServerError;
    return this.send('unreadable', errorResponse('', code));
  }

  /** Gives whoever joined a swarm, or reports of it, a certificate of being where the request came from. */
  private async certified(request: Request, response: Response, from: RequestContext['from']): Promise<Response> {
    const { desk } = this;
    if (desk === undefined || request.type === 'FIND') return response;
    let room: number = limits.certificatesPerResponseMax;
    const results: SwarmResult[] = [];
    for (const result of response.results) {
      const { swarmId } = result;
      const address = result.successful ? this.tracker.residence(request.peerId, swarmId, from) : undefined;
      const isServed = address !== undefined && room > 0;
      const certificate = isServed ? await desk.certify({ swarmId, address }, request.type === 'CONNECT') : undefined;
      if (certificate !== undefined) room--;
      results.push(certificate === undefined ? result : { ...result, certificate });
    }
    return { ...response, results };
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
