import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultTrackerOptions, type PeerMode, type Response, type SwarmAdmission, Tracker } from '@weir/ppstp';
import { Registry } from 'prom-client';
import { Catalogue } from '../catalogue/catalogue';
import { MemoryShelf } from '../catalogue/shelf';
import { type RunningAdminSide, startAdminSide } from './tracker-admin.module';

/** A swarm ID of one digit. */
export const idOf = (digit: string): string => digit.repeat(64);

/** A tracker with its admin side, and nothing that peers could reach. */
export class AdminWorld {
  readonly tracker: Tracker;
  readonly catalogue = new Catalogue(new MemoryShelf());
  readonly directory = mkdtempSync(join(tmpdir(), 'weir-admin-'));
  now = 5_000_000;
  private transactions = 0;
  private side: RunningAdminSide | undefined;
  private token = '';

  constructor(admission: SwarmAdmission = 'any') {
    this.tracker = new Tracker({ ...defaultTrackerOptions, admission }, () => 0.5);
    this.catalogue.rule(this.tracker);
  }

  async start(): Promise<void> {
    const { tracker, catalogue, directory } = this;
    const tokenFile = join(directory, 'deep', 'token');
    const parts = { tracker, catalogue, kept: false, url: 'https://tracker.example/', now: () => this.now };
    const listening = { host: '127.0.0.1', port: 0, tokenFile, hosts: ['tracker.example'] };
    this.side = await startAdminSide(listening, parts, new Registry());
    this.token = (await readFile(tokenFile, 'utf8')).trim();
  }

  get url(): string {
    return this.side?.url ?? '';
  }

  get tokenFile(): string {
    return this.side?.tokenFile ?? '';
  }

  async request(method: 'GET' | 'PUT' | 'DELETE', path: string, body?: unknown) {
    const headers = { authorization: `Bearer ${this.token}`, 'content-type': 'application/json' };
    const answer = await fetch(`${this.url}${path}`, {
      method,
      headers: body === undefined ? { authorization: headers.authorization } : headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    const isJson = (answer.headers.get('content-type') ?? '').includes('json');
    const json: unknown = isJson ? JSON.parse(text) : undefined;
    return { status: answer.status, text, json, type: answer.headers.get('content-type') };
  }

  /** A peer joins a swarm, from an address that is its own. */
  join(peerId: string, swarmId: string, mode: PeerMode = 'SEEDER', principal?: string): Response {
    const ip = `198.51.100.${this.transactions + 1}`;
    return this.tracker.handle(
      {
        type: 'CONNECT',
        transactionId: String(++this.transactions),
        peerId,
        addresses: [{ ip, port: 6778, priority: 1, type: 'HOST' }],
        actions: [{ swarmId, action: 'JOIN', mode }],
      },
      {
        now: this.now,
        from: { ip, port: 40_000 },
        principal: principal === undefined ? undefined : { name: principal, via: 'digest' },
      },
    );
  }

  async close(): Promise<void> {
    await this.side?.close();
    rmSync(this.directory, { recursive: true });
  }
}
