import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

import { encodeResponse, type Response } from '@weir/ppstp';

import type { Cancel, Clock } from './clock';

/** A clock that stands still until it is moved. Tasks run in the order of their time. */
export class TestClock implements Clock {
  private time = 1_700_000_000_000;
  private tasks: { readonly at: number; readonly task: () => void }[] = [];

  now(): number {
    return this.time;
  }

  get pending(): number {
    return this.tasks.length;
  }

  after(millis: number, task: () => void): Cancel {
    const entry = { at: this.time + millis, task };
    this.tasks.push(entry);
    return () => (this.tasks = this.tasks.filter((other) => other !== entry));
  }

  /** Moves time, and lets what follows from each task happen before the next. */
  async pass(millis: number): Promise<void> {
    const end = this.time + millis;
    for (let due = this.due(end); due !== undefined; due = this.due(end)) {
      this.tasks = this.tasks.filter((other) => other !== due);
      this.time = due.at;
      due.task();
      await settled();
    }
    this.time = end;
  }

  private due(end: number) {
    const [first] = this.tasks.filter(({ at }) => at <= end).sort((one, other) => one.at - other.at);
    return first;
  }
}

/** Lets everything happen that waits for nothing outside. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** Waits for a fact. Jest's own time-out is what ends it if it never comes true. */
export async function until(fact: () => boolean): Promise<void> {
  while (!fact()) await new Promise((resolve) => setImmediate(resolve));
}

/** A server that answers as a test tells it to. */
export class HostileTracker {
  /** Bodies of the requests that came. */
  readonly heard: string[] = [];
  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async start(answer: (body: string, response: ServerResponse) => void): Promise<HostileTracker> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const tracker = new HostileTracker(server, `http://127.0.0.1:${String(port)}/`);
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      let body = '';
      request.on('data', (part: Buffer) => (body += part.toString()));
      request.on('end', () => {
        tracker.heard.push(body);
        answer(body, response);
      });
    });
    return tracker;
  }

  close(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }
}

/** The transaction ID of a request's body. */
export function transactionOf(body: string): string {
  return /"transaction_id":"([^"]*)"/.exec(body)?.[1] ?? '';
}

/** The body of a response to a request's body. */
export function responseTo(body: string, members: Partial<Response> = {}): string {
  return encodeResponse({ transactionId: transactionOf(body), errorCode: 0, results: [], ...members });
}
