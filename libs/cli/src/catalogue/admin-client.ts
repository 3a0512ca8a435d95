import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { CommandError, messageOf, UsageError } from '../errors';

/** What a refusal says. RFC 9457. */
const problem = z.looseObject({ code: z.string(), detail: z.string() });

/** Longest wait for one answer: the admin side answers within the time of a disk's commit. */
const answerMillis = 30_000;

/** The methods that the admin side knows. */
export type AdminMethod = 'GET' | 'PUT' | 'POST' | 'DELETE';

/** Whose admin side it is, as messages have it, and what to look after where it does not answer. */
export interface AdminParty {
  readonly name: string;
  readonly remedy: string;
}

const trackerParty: AdminParty = {
  name: "a tracker's admin side",
  remedy: 'is the tracker there, and has it an admin side at this address?',
};

/** Asks the admin side of a tracker, or of an appliance. */
export class AdminClient {
  private constructor(
    private readonly url: URL,
    private readonly token: string | undefined,
    private readonly signal: AbortSignal,
    private readonly party: AdminParty = trackerParty,
  ) {}

  /** Rejects with a `UsageError` if the token cannot be read. */
  static async open(url: string, tokenFile: string, signal: AbortSignal): Promise<AdminClient> {
    const token = (await readFile(tokenFile, 'utf8').catch(() => '')).trim();
    if (/^[\x21-\x7e]+$/.test(token)) return new AdminClient(new URL(url), token, signal);
    const remedy = 'name a readable file with the token of the admin side';
    throw new UsageError(`--token-file ${JSON.stringify(tokenFile)}: ${remedy}`);
  }

  /** As `open`, of an appliance, which may ask for no token. */
  static async openAppliance(url: string, tokenFile: string | undefined, signal: AbortSignal): Promise<AdminClient> {
    const party = { name: "an appliance's admin API", remedy: 'is the appliance there, and is this its admin.listen?' };
    if (tokenFile === undefined) return new AdminClient(new URL(url), undefined, signal, party);
    const { token } = await AdminClient.open(url, tokenFile, signal);
    return new AdminClient(new URL(url), token, signal, party);
  }

  /** The answer, as the schema has it. Rejects with a `CommandError`: `ADMIN_REFUSED`, `ADMIN_UNREACHABLE`. */
  async ask<Schema extends z.ZodType>(
    schema: Schema,
    method: AdminMethod,
    path: string,
    body?: unknown,
  ): Promise<z.output<Schema>> {
    const read = schema.safeParse(await this.json(method, path, body));
    if (read.success) return read.data;
    throw new CommandError('ADMIN_REFUSED', `${this.url.href} answers what is no answer of ${this.party.name}`);
  }

  /** As `ask`, of what has no answer but that it is done. */
  async done(method: AdminMethod, path: string): Promise<void> {
    await this.json(method, path, undefined);
  }

  private async json(method: AdminMethod, path: string, body: unknown): Promise<unknown> {
    const { status, text } = await this.send(method, path, body);
    const answer = jsonOf(text);
    if (status < 300) return answer;
    const told = problem.safeParse(answer);
    const why = told.success ? `${told.data.detail} (${told.data.code})` : `HTTP status ${status}`;
    throw new CommandError('ADMIN_REFUSED', `${this.url.origin} refuses: ${why}`);
  }

  private async send(method: AdminMethod, path: string, body: unknown): Promise<{ status: number; text: string }> {
    const who = this.token === undefined ? {} : { authorization: `Bearer ${this.token}` };
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const headers = body === undefined ? who : { ...who, 'content-type': 'application/json' };
    const signal = AbortSignal.any([this.signal, AbortSignal.timeout(answerMillis)]);
    try {
      const answer = await fetch(new URL(path, this.url), { method, headers, ...sent, signal, redirect: 'error' });
      return { status: answer.status, text: await answer.text() };
    } catch (cause) {
      this.signal.throwIfAborted();
      const { remedy } = this.party;
      throw new CommandError('ADMIN_UNREACHABLE', `${this.url.origin} does not answer (${reasonOf(cause)}): ${remedy}`);
    }
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The platform's errors of a request have the reason inside. */
function reasonOf(error: unknown): string {
  const hasCause = typeof error === 'object' && error !== null && 'cause' in error;
  const cause = hasCause ? error.cause : error;
  return typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : messageOf(cause);
}
