import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

import { normalIp } from '@weir/ppspp';
import { errorCodes } from '@weir/ppstp';

import { limits } from '../limits';
import type { Answer, Requester } from '../tracker.service';
import { type Body, BodyReader } from './body-reader';
import type { ClientAddresses } from './client-address';
import { isRequestType, ppstpMediaType } from './media-type';
import type { Proof, Prover } from './proof';

/** Why HTTP refuses a request: the status, and fields of the answer's header. */
interface Refusal {
  readonly status: number;
  readonly fields?: Readonly<Record<string, string>>;
}

/** A tracker without HTTP: `TrackerService`. */
export interface Answerer {
  answer(body: string, requester: Requester): Answer | Promise<Answer>;
  refuse(cause: 'peer' | 'load' | 'tracker'): Answer;
}

/** What tells who sends a request, and hears of mistakes of ours. */
export interface EndpointParts {
  readonly prover: Prover;
  readonly clients: ClientAddresses;
  readonly failed: (error: unknown) => void;
}

const methodNotAllowed: Refusal = { status: 405, fields: { allow: 'POST' } };
const contentTooLarge: Refusal = { status: 413 };
const unsupportedMediaType: Refusal = { status: 415, fields: { accept: ppstpMediaType } };
const retryLater = { 'retry-after': String(limits.retrySeconds) };

/**
 * PPSTP over HTTP: posts in, answers out (RFC 7846 section 4). Whatever comes over HTTP is answered by a PPSTP response:
 * what HTTP refuses by 01, beside its status. It stands on node:http itself, since each request of each peer goes through
 * here, and anything in between would cost more than the answer.
 */
export class TrackerEndpoint {
  private readonly bodies = new BodyReader({
    bytesMax: limits.bodyBytesMax,
    drainedMax: limits.drainedBytesMax,
    heldMax: limits.bodiesBytesMax,
  });
  /** Requests of a connection that wait until earlier ones are answered. */
  private readonly waiting = new WeakMap<Socket, number>();
  /** Where connections come from. */
  private readonly sources = new WeakMap<Socket, string>();

  constructor(
    private readonly tracker: Answerer,
    private readonly parts: EndpointParts,
  ) {}

  /** Takes on a request to the tracker's path. */
  handle(request: IncomingMessage, response: ServerResponse): void {
    if (response.socket === null && !this.mayWait(request.socket, response)) return void request.socket.destroy();
    this.bodies.read(request, (body) => this.onBody(request, response, body));
  }

  /** The answer to what is no HTTP that we understand. */
  malformed(): Answer {
    return this.tracker.refuse('peer');
  }

  private onBody(request: IncomingMessage, response: ServerResponse, body: Body): void {
    if (body === 'no-room') return this.send(response, 503, this.tracker.refuse('load'), retryLater);
    const refusal = refusalOf(request, body);
    if (refusal !== undefined || body === 'too-long') {
      const { status, fields } = refusal ?? contentTooLarge;
      return this.send(response, status, this.tracker.refuse('peer'), { connection: 'close', ...fields });
    }
    this.answer(request, response, body.toString());
  }

  private answer(request: IncomingMessage, response: ServerResponse, body: string): void {
    const { prover } = this.parts;
    const from = { ip: this.sourceOf(request), port: request.socket.remotePort ?? 0 };
    try {
      const proof = prover.prove(request, body);
      const answered = this.tracker.answer(body, { from, proof });
      if (!(answered instanceof Promise)) return this.complete(response, answered, proof);
      answered.then(
        (answer) => this.complete(response, answer, proof),
        (error: unknown) => this.fail(response, error),
      );
    } catch (error) {
      this.fail(response, error);
    }
  }

  /** A mistake of ours costs the peer that met with it its answer, and nobody else anything. */
  private fail(response: ServerResponse, error: unknown): void {
    this.parts.failed(error);
    this.send(response, 500, this.tracker.refuse('tracker'));
  }

  private complete(response: ServerResponse, answer: Answer, proof: Proof | undefined): void {
    switch (answer.errorCode) {
      case errorCodes.serviceUnavailable:
        return this.send(response, 503, answer, retryLater);
      case errorCodes.authenticationRequired:
        return this.challenge(response, answer, proof);
      default:
        return this.send(response, 200, answer, proof?.info === undefined ? undefined : informed(proof.info));
    }
  }

  /** 401 has to say how to prove oneself (RFC 9110 section 15.5.2); where only certificates do, there is nothing to say. */
  private challenge(response: ServerResponse, answer: Answer, proof: Proof | undefined): void {
    const challenge = this.parts.prover.challenge(proof?.fault);
    if (challenge === undefined) return this.send(response, 403, answer);
    this.send(response, 401, answer, { 'www-authenticate': challenge });
  }

  private send(response: ServerResponse, status: number, { text }: Answer, fields?: Refusal['fields']): void {
    // No charset, since the media type has no parameters (RFC 7846 section 8.1). What we write is ASCII: one byte a character.
    const own = { 'content-type': ppstpMediaType, 'content-length': text.length };
    response.writeHead(status, fields === undefined ? own : { ...own, ...fields });
    response.end(text, 'latin1');
  }

  private sourceOf({ socket, headers }: IncomingMessage): string {
    let source = this.sources.get(socket);
    if (source === undefined) {
      source = normalIp(socket.remoteAddress ?? '') ?? '';
      this.sources.set(socket, source);
    }
    if (!this.parts.clients.isProxy(source)) return source;
    const forwarded = headers['x-forwarded-for'];
    return this.parts.clients.behind(source, typeof forwarded === 'string' ? forwarded : undefined);
  }

  /** A few requests may come before earlier ones are answered; who sends more does not read what we send. */
  private mayWait(socket: Socket, response: ServerResponse): boolean {
    const count = (this.waiting.get(socket) ?? 0) + 1;
    if (count > limits.pipelinedMax) return false;
    this.waiting.set(socket, count);
    response.once('close', () => this.waiting.set(socket, (this.waiting.get(socket) ?? 1) - 1));
    return true;
  }
}

function refusalOf({ method, headers }: IncomingMessage, body: Body): Refusal | undefined {
  if (method !== 'POST') return methodNotAllowed;
  if (body === 'too-long') return contentTooLarge;
  const encoding = headers['content-encoding'];
  const isPlain = encoding === undefined || encoding === 'identity';
  return isPlain && isRequestType(headers['content-type']) ? undefined : unsupportedMediaType;
}

function informed(info: string): Refusal['fields'] {
  return { 'authentication-info': info };
}
