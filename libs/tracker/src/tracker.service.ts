import { Inject, Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import {
  Admission,
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
  Transactions,
} from '@weir/ppstp';

import type { CertificateDesk } from './certificate-desk';
import { monotonicMicros } from './clock';
import type { Proof } from './http/proof';
import { LoadGauge } from './load-gauge';
import type { TrackerMetrics } from './metrics';
import type { TrackerPlan } from './plan';
import type { Claim, ClaimOrigin } from './prober/prober';

/** Injection tokens: what `TrackerModule.forRoot` makes of the settings. */
export const trackerPlan = Symbol('tracker plan');
/** Injection token of the tracker's metrics. */
export const trackerMetrics = Symbol('tracker metrics');

/** How often silent peers are looked for, and whether the process keeps up. */
const tickMillis = 1_000;

/** Who sends a request, as HTTP knows it. */
export interface Requester {
  readonly from: RequestContext['from'];
  readonly proof: Proof;
}

/** Takes what one accepted request claims, for a proof: nobody is sent more bytes for it than the request had. */
export type ProofRequest = (claims: readonly Claim[], origin: ClaimOrigin) => void;

/** The body of a response, and its error code. */
export interface Answer {
  readonly errorCode: number;
  readonly text: string;
}

/** A tracker with a clock and dice: bodies of requests in, bodies of responses out. */
@Injectable()
export class TrackerService implements OnModuleInit, OnModuleDestroy {
  private readonly transactions = new Transactions<Response>();
  private readonly admission: Admission;
  private readonly needsName: boolean;
  private readonly load = new LoadGauge();
  private timer: NodeJS.Timeout | undefined;
  private desk: CertificateDesk | undefined;
  private prove: ProofRequest | undefined;

  constructor(
    @Inject(trackerPlan) plan: TrackerPlan,
    /** What answers, and knows nothing of clocks. */
    @Inject(Tracker) readonly core: Tracker,
    @Inject(trackerMetrics) private readonly metrics: TrackerMetrics,
  ) {
    this.admission = new Admission(plan.server.admission);
    this.needsName = plan.authentication.digest === 'always';
    metrics.measureBy(() => this.measure());
  }

  onModuleInit(): void {
    this.load.start();
    this.timer = setInterval(() => this.tick(), tickMillis).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
    this.load.stop();
  }

  /** Has members certified from now on. */
  issueBy(desk: CertificateDesk | undefined): void {
    this.desk = desk;
  }

  /** Has the addresses that peers claim proven from now on. */
  proveBy(ask: ProofRequest): void {
    this.prove = ask;
  }

  /** Answers the body of a request with the body of a response; at once, unless it has to sign something. */
  answer(body: string, requester: Requester): Answer | Promise<Answer> {
    const decoded = decodeRequest(body);
    if (!decoded.ok) return this.render('unreadable', faultResponse(decoded.fault, decoded.transactionId));
    const request = decoded.message;
    const { proof, from } = requester;
    const context = { now: monotonicMicros(), from, principal: proof.principal };
    const refused = this.refusal(request, context, proof);
    if (refused !== undefined) return this.render(request.type, errorResponse(request.transactionId, refused));
    const asked = { request, context, body };
    // What was reported is reported again: it changes nothing twice, and is the most frequent of all requests.
    return request.type === 'STAT_REPORT' ? this.write(this.carryOut(asked), request.type) : this.once(asked);
  }

  /** Carries out a request that was not carried out before, and answers one that was in the same words. */
  private once(asked: Asked): Answer | Promise<Answer> {
    const { request, context, body } = asked;
    // All of it, and who asks: what is not the same is another request.
    const name = `${context.from.ip} ${context.principal?.name ?? ''} ${body}`;
    const before = this.transactions.answerTo(name, context.now);
    if (before !== undefined) {
      this.metrics.repeatedRequests.inc();
      return this.render(request.type, before);
    }
    return this.write(this.carryOut(asked), request.type, (response, { errorCode, text }) => {
      if (isFinal(errorCode)) this.transactions.keep(name, { answer: response, chars: text.length }, context.now);
    });
  }

  private carryOut({ request, context, body }: Asked): Response | Promise<Response> {
    const { from } = context;
    const response = this.core.handle(request, context);
    if (request.type === 'CONNECT' && response.errorCode === errorCodes.noError)
      this.prove?.(this.core.takeUnproven(limits.addressesPerPeerMax), { ip: from.ip, bytes: body.length });
    const { desk } = this;
    if (desk === undefined || request.type === 'FIND') return response;
    return this.certified({ request, response, from }, desk);
  }

  /** Writes a response as soon as there is one. */
  private write(
    response: Response | Promise<Response>,
    type: Request['type'],
    written: (response: Response, answer: Answer) => void = () => undefined,
  ): Answer | Promise<Answer> {
    if (response instanceof Promise) return response.then((done) => this.write(done, type, written));
    const answer = this.render(type, response);
    written(response, answer);
    return answer;
  }

  /** Answers what HTTP could not bring to us, or we have no room for, or failed at: 01, 05, 04. RFC 7846 section 4.3. */
  refuse(cause: 'peer' | 'load' | 'tracker'): Answer {
    return this.render('unreadable', errorResponse('', causes[cause]));
  }

  /** Why not even the tracker itself is asked: too many requests, or nobody's. */
  private refusal(request: Request, context: RequestContext, proof: Proof) {
    const known = proof.fault === undefined && this.core.knows(request.peerId, context);
    if (!this.admission.admit({ from: context.from.ip, known }, context.now)) return errorCodes.serviceUnavailable;
    const isNobody = proof.fault !== undefined || (this.needsName && proof.principal === undefined);
    return isNobody ? errorCodes.authenticationRequired : undefined;
  }

  /** Gives whoever joined a swarm, or reports of it, a certificate of being where the request came from. */
  private async certified({ request, response, from }: Answered, desk: CertificateDesk): Promise<Response> {
    let room: number = limits.certificatesPerResponseMax;
    const results: SwarmResult[] = [];
    for (const result of response.results) {
      const { swarmId } = result;
      const address = result.successful ? this.core.residence(request.peerId, swarmId, from) : undefined;
      const isServed = address !== undefined && room > 0;
      const certificate = isServed ? await desk.certify({ swarmId, address }, request.type === 'CONNECT') : undefined;
      if (certificate !== undefined) room--;
      results.push(certificate === undefined ? result : { ...result, certificate });
    }
    return { ...response, results };
  }

  private render(request: Request['type'] | 'unreadable', response: Response): Answer {
    this.metrics.requests.count(request, response.errorCode);
    return { errorCode: response.errorCode, text: encodeResponse(response) };
  }

  private tick(): void {
    this.expire();
    this.admission.load(this.load.look());
  }

  private expire(): void {
    this.metrics.expiredPeers.inc(this.core.expire(monotonicMicros()));
  }

  private measure(): void {
    this.expire();
    const { peers, swarms, memberships } = this.core.counts;
    this.metrics.peers.set(peers);
    this.metrics.swarms.set(swarms);
    this.metrics.memberships.set(memberships);
    this.metrics.overloaded.set(this.load.overloaded ? 1 : 0);
  }
}

/** A request that was admitted. */
interface Asked {
  readonly request: Request;
  readonly context: RequestContext;
  readonly body: string;
}

/** A request, where it came from, and what the tracker says to it. */
interface Answered {
  readonly request: Request;
  readonly response: Response;
  readonly from: RequestContext['from'];
}

const causes = {
  peer: errorCodes.badRequest,
  load: errorCodes.serviceUnavailable,
  tracker: errorCodes.internalServerError,
} as const;

/** Whether the same request is to be answered the same: what fails for want of room or of a name may succeed next time. */
function isFinal(errorCode: number): boolean {
  return errorCode === errorCodes.noError || errorCode === errorCodes.forbiddenAction;
}
