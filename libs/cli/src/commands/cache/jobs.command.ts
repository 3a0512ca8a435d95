import { SubCommand } from 'nest-commander';
import { z } from 'zod';
import { formatBytes } from '../../terminal/format';
import { CacheAdminCommand, type CacheOptions, jobShape, type JobShape } from './cache-admin.command';

const job = { job: 'the id of a job, as "weir cache jobs" shows it' };

/** Shows all jobs. */
@SubCommand({ name: 'jobs', description: 'show the jobs that wait and run, and some that have ended' })
export class CacheJobsCommand extends CacheAdminCommand {
  async run(_: string[], options: CacheOptions): Promise<void> {
    const shape = z.looseObject({ jobs: z.array(jobShape) });
    const { jobs } = await this.administer(options, (client) => client.ask(shape, 'GET', '/v1/jobs'));
    for (const one of jobs) this.show(options, one, (shown) => [jobLine(shown)]);
  }
}

/** Shows a job. */
@SubCommand({ name: 'job', arguments: '<job>', argsDescription: job, description: 'show a job, and how far it is' })
export class CacheJobCommand extends CacheAdminCommand {
  async run([id = '']: string[], options: CacheOptions): Promise<void> {
    const path = `/v1/jobs/${encodeURIComponent(id)}`;
    this.show(options, await this.administer(options, (client) => client.ask(jobShape, 'GET', path)), jobLines);
  }
}

/** Ends a job. */
@SubCommand({ name: 'cancel', arguments: '<job>', argsDescription: job, description: 'end a job' })
export class CacheCancelCommand extends CacheAdminCommand {
  async run([id = '']: string[], options: CacheOptions): Promise<void> {
    const path = `/v1/jobs/${encodeURIComponent(id)}`;
    const answer = await this.administer(options, (client) => client.ask(jobShape, 'DELETE', path));
    this.show(options, answer, () => [`cancelled  ${id}`]);
  }
}

/** A job in a line. */
export function jobLine({ id, type, state, progress, swarmId, label }: JobShape): string {
  const { bytes, totalBytes, percent } = progress;
  const share = percent === null ? '' : `${String(percent)} %`;
  const size = totalBytes === null ? formatBytes(bytes) : `${formatBytes(bytes)} of ${formatBytes(totalBytes)}`;
  return [id, type.padEnd(13), state.padEnd(9), share.padStart(7), size, swarmId ?? label ?? ''].join('  ').trimEnd();
}

/** A job, with what it waits for or why it failed. */
export function jobLines(shown: JobShape): string[] {
  const { bytesPerSecond, etaSeconds, note } = shown.progress;
  const left = etaSeconds === null ? '' : `, ${String(etaSeconds)} s left`;
  const rate = shown.state === 'running' ? [`  ${formatBytes(bytesPerSecond)}/s${left}`] : [];
  const why = shown.error === null ? [] : [`  ${shown.error.detail} (${shown.error.code})`];
  return [jobLine(shown), ...rate, ...(note === null ? [] : [`  ${note}`]), ...why];
}
