import { setTimeout } from 'node:timers/promises';
import { parseBytes, type Parsed } from '@weir/config';
import { Option } from 'nest-commander';
import { z } from 'zod';
import { AdminClient } from '../../catalogue/admin-client';
import { CommandError } from '../../errors';
import { parseAdminUrl, read } from '../../options/parse';
import { readSwarm } from '../../options/swarm';
import { AnsweringCommand } from '../answering.command';

/** Where the admin API is, and how to show what it answers. */
export interface CacheOptions {
  readonly admin?: string;
  readonly tokenFile?: string;
  readonly json?: boolean;
}

/** The address of an admin API that nobody moved. */
const usualAdmin = 'http://127.0.0.1:9080';

/** Between two looks at a job that is waited for. */
const lookMillis = 500;

/** What the commands need of a job; all else is shown as it comes. */
export const jobShape = z.looseObject({
  id: z.string(),
  type: z.string(),
  state: z.string(),
  swarmId: z.string().nullable(),
  label: z.string().nullable(),
  ended: z.string().nullable(),
  progress: z.looseObject({
    bytes: z.number(),
    totalBytes: z.number().nullable(),
    percent: z.number().nullable(),
    bytesPerSecond: z.number(),
    etaSeconds: z.number().nullable(),
    note: z.string().nullable(),
  }),
  error: z.looseObject({ code: z.string(), detail: z.string() }).nullable(),
});

/** A job. */
export type JobShape = z.output<typeof jobShape>;

/** What all commands have in common that ask an appliance's admin API. */
export abstract class CacheAdminCommand extends AnsweringCommand {
  @Option({ flags: '--admin <url>', description: `the appliance's admin API (default: ${usualAdmin})` })
  readAdmin(text: string): string {
    return read('--admin', text, parseAdminUrl);
  }

  @Option({ flags: '--token-file <file>', description: 'the file with its token, if it asks for one' })
  readTokenFile(text: string): string {
    return text;
  }

  /** Runs `work` with the admin API. */
  protected administer<Result>(
    { admin = usualAdmin, tokenFile }: CacheOptions,
    work: (client: AdminClient, signal: AbortSignal) => Promise<Result>,
  ): Promise<Result> {
    return this.interruptibly(async (signal) =>
      work(await AdminClient.openAppliance(admin, tokenFile, signal), signal),
    );
  }

  /** The ID of a swarm that is named by its ID, a link, a record or a file. */
  protected async swarmOf(text: string): Promise<string> {
    return (await readSwarm(text)).swarmId;
  }

  /** Waits for the end of a job. Rejects with `INCOMPLETE` if it failed or was cancelled. */
  protected async follow(client: AdminClient, id: string, signal: AbortSignal): Promise<JobShape> {
    const bar = this.terminal.progress(id.slice(0, 8));
    try {
      for (;;) {
        const job = await client.ask(jobShape, 'GET', `/v1/jobs/${id}`);
        if (job.ended !== null) return done(job);
        const { bytes, totalBytes } = job.progress;
        if (totalBytes !== null) bar.update(bytes, totalBytes);
        await setTimeout(lookMillis, undefined, { signal }).catch(() => signal.throwIfAborted());
      }
    } finally {
      bar.stop();
    }
  }
}

function done(job: JobShape): JobShape {
  if (job.state === 'done') return job;
  const why = job.error === null ? `it is ${job.state}` : `${job.error.detail} (${job.error.code})`;
  throw new CommandError('INCOMPLETE', `job ${job.id} did not get to its end: ${why}`);
}

/** Bytes a second, as 2MB. */
export function parseByteRate(text: string): Parsed<number> {
  const parsed = parseBytes(text);
  return 'value' in parsed ? parsed : { remedy: 'write bytes a second, with a unit or without, as 2MB' };
}
