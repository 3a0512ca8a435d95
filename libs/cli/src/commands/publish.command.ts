import { Inject } from '@nestjs/common';
import type { SwarmRecord } from '@weir/ppspp';
import { Command, Option } from 'nest-commander';
import { openContent, scanContent } from '../content/scan';
import { formatBytes } from '../terminal/format';
import type { Terminal } from '../terminal/terminal';
import { FormatCommand, type FormatOptions } from './format.command';
import { TERMINAL } from './tokens';

interface PublishOptions extends FormatOptions {
  readonly json?: boolean;
}

/** Computes a file's swarm ID. */
@Command({
  name: 'publish',
  arguments: '<file>',
  argsDescription: { file: 'the content' },
  description: "compute a file's swarm ID, which whoever fetches it must know",
})
export class PublishCommand extends FormatCommand {
  constructor(@Inject(TERMINAL) private readonly terminal: Terminal) {
    super();
  }

  @Option({ flags: '--json', description: 'print one JSON line instead' })
  readJson(): boolean {
    return true;
  }

  async run([path = '']: string[], options: PublishOptions): Promise<void> {
    const record = await this.interruptibly((signal) => this.scan(path, options, signal));
    const lines = options.json === true ? [JSON.stringify(summaryOf(record))] : describe(record);
    for (const line of lines) this.terminal.print(line);
  }

  private async scan(path: string, options: PublishOptions, signal: AbortSignal): Promise<SwarmRecord> {
    const progress = this.terminal.progress('hashing');
    const onProgress = (bytes: number, total: number): void => progress.update(bytes, total);
    const file = await openContent(path);
    try {
      const { record } = await scanContent(file, path, this.formatOf(options), { onProgress, signal });
      return record;
    } finally {
      progress.stop();
      await file.close();
    }
  }
}

function summaryOf({ metadata, chunkCount, contentBytes }: SwarmRecord) {
  const { swarmId, chunkSize, hash, addressing } = metadata;
  return { swarmId, chunks: chunkCount, size: contentBytes ?? 0, chunkSize, hash, addressing };
}

function describe(record: SwarmRecord): string[] {
  const { swarmId, chunks, size, chunkSize, hash, addressing } = summaryOf(record);
  return [
    `swarm ID    ${swarmId}`,
    `chunks      ${chunks} of ${chunkSize} bytes`,
    `size        ${size} bytes (${formatBytes(size)})`,
    `hash        ${hash}`,
    `addressing  ${addressing}`,
  ];
}
